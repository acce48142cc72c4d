package component

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Advice holds functions that return what the operator has to do when an operation on a resource fails, by a text in
// the error.
type Advice map[string]func(urn string) string

// NewAdvice registers a hook that logs the advice for the error of a failed operation. The name of a hook must be
// unique in a program. Destroy does not run the program, so it reports only the error (github.com/pulumi/pulumi,
// pkg/resource/deploy/step.go, DeleteStep.Apply).
func NewAdvice(ctx *pulumi.Context, name string, advice Advice) (*pulumi.ResourceHookBinding, error) {
	hook, err := ctx.RegisterErrorHook("eksnet:"+name, func(args *pulumi.ErrorHookArgs) (bool, error) {
		for text, todo := range advice {
			if strings.Contains(strings.Join(args.Errors, "\n"), text) {
				_ = ctx.Log.Error(fmt.Sprintf("%s: %s", args.Name, todo(string(args.URN))), nil)
			}
		}
		return false, nil // do not retry the operation
	})
	if err != nil {
		return nil, fmt.Errorf("hook %s: %w", name, err)
	}
	return &pulumi.ResourceHookBinding{OnError: []*pulumi.ErrorHook{hook}}, nil
}
