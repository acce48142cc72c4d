package prove

import (
	"path/filepath"
	"runtime"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/rehearsal/scenario"
)

// registrations are the components that each part of stack.go registered. They are recorded while the program runs,
// by the line of stack.go in the call stack, so that no list of types and names is needed.
type registrations struct {
	mu    sync.Mutex
	lines map[int][]scenario.Component
}

// observe returns a program whose registrations of outermost components are recorded.
func (r *registrations) observe(program pulumi.RunFunc) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			options, err := pulumi.NewResourceOptions(args.Opts...)
			if line := callerLine(); err == nil && options.Parent == nil && line > 0 {
				r.mu.Lock()
				defer r.mu.Unlock()
				r.lines[line] = append(r.lines[line], scenario.Component{Type: args.Type, Name: args.Name})
			}
			return nil
		})
		if err != nil {
			return err
		}
		return program(ctx)
	}
}

// callerLine returns the line of stack/stack.go in the current call stack, 0 for none.
func callerLine() int {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if filepath.Base(frame.File) == "stack.go" && filepath.Base(filepath.Dir(frame.File)) == "stack" && frame.Function == "eksnet/stack.Program" {
			return frame.Line
		}
	}
	return 0
}

// of returns the components of a part.
func (r *registrations) of(p *stackPart) []scenario.Component {
	var components []scenario.Component
	for line := p.first; line <= p.last; line++ {
		components = append(components, r.lines[line]...)
	}
	return components
}
