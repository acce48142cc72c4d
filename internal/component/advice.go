package component

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Advice is what to do when an operation on a resource fails, by a text in its error.
type Advice map[string]func(urn string) string

// NewAdvice registers advice as a hook, which logs it for the error with which an operation fails. The name of a hook is unique in a program. A
// destroy does not run the program: it reports the error alone (github.com/pulumi/pulumi, pkg/resource/deploy/step.go, DeleteStep.Apply).
func NewAdvice(ctx *pulumi.Context, name string, advice Advice) (*pulumi.ResourceHookBinding, error) {
	hook, err := ctx.RegisterErrorHook("eksnet:"+name, func(args *pulumi.ErrorHookArgs) (bool, error) {
		for text, todo := range advice {
			if strings.Contains(strings.Join(args.Errors, "\n"), text) {
				_ = ctx.Log.Error(fmt.Sprintf("%s: %s", args.Name, todo(string(args.URN))), nil)
			}
		}
		return false, nil // the operation is not tried again
	})
	if err != nil {
		return nil, fmt.Errorf("hook %s: %w", name, err)
	}
	return &pulumi.ResourceHookBinding{OnError: []*pulumi.ErrorHook{hook}}, nil
}
