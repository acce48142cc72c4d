package component

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Advice is what to do when an operation on a resource fails, by a text in its error.
type Advice map[string]string

// Advise is an option that logs the advice for the error with which an operation on the resource fails. The name of a hook is unique in a program.
// A destroy does not run the program: it reports the error alone (github.com/pulumi/pulumi, pkg/resource/deploy/step.go, DeleteStep.Apply).
func Advise(ctx *pulumi.Context, name string, advice Advice) (pulumi.ResourceOption, error) {
	hook, err := ctx.RegisterErrorHook("eksnet:"+name, func(args *pulumi.ErrorHookArgs) (bool, error) {
		for text, todo := range advice {
			if strings.Contains(strings.Join(args.Errors, "\n"), text) {
				_ = ctx.Log.Error(fmt.Sprintf("%s: %s", args.Name, todo), nil)
			}
		}
		return false, nil // the operation is not tried again
	})
	if err != nil {
		return nil, fmt.Errorf("hook %s: %w", name, err)
	}
	return pulumi.ResourceHooks(&pulumi.ResourceHookBinding{OnError: []*pulumi.ErrorHook{hook}}), nil
}
