package prove

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
)

// Edge is one order in stack/stack.go: a part with after(x) is created after x and deleted before it.
type Edge struct {
	// Dependent and Prerequisite are variables of stack.go, or the builder's method if the result has no variable.
	Dependent, Prerequisite string
	// Reason is the comment beside the edge.
	Reason string

	dependent, prerequisite *stackPart
}

func (e Edge) String() string { return e.Dependent + " after " + e.Prerequisite }

// stackPart is one call of the builder in stack.go, which registers one component or several of a kind.
type stackPart struct {
	name        string
	first, last int // lines
}

// stackSource holds the parts and the edges of stack.go.
type stackSource struct {
	parts []*stackPart
	edges []Edge
}

// readSource finds the edges of the program in root/stack/stack.go.
func readSource(root string) (*stackSource, error) {
	path := filepath.Join(root, "stack", "stack.go")
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	r := &sourceReader{source: &stackSource{}, files: files, comments: map[int]string{}, variables: map[string]*stackPart{}}
	for _, comment := range file.Comments {
		r.comments[r.line(comment.Pos())] = strings.TrimSpace(comment.Text())
	}
	ast.Inspect(file, r.read)
	if r.err == nil && len(r.source.edges) == 0 {
		r.err = fmt.Errorf("%s: no edge has the form b.after(x)", path)
	}
	return r.source, r.err
}

type sourceReader struct {
	source    *stackSource
	files     *token.FileSet
	comments  map[int]string
	variables map[string]*stackPart
	err       error
}

func (r *sourceReader) line(pos token.Pos) int { return r.files.Position(pos).Line }

// read reads a call of the builder with its edges. A call whose result is assigned is read with the assignment.
func (r *sourceReader) read(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		name, named := n.Lhs[0].(*ast.Ident)
		if call, ok := n.Rhs[0].(*ast.CallExpr); ok && named && len(n.Lhs) == 1 {
			if p := r.readPart(call, name.Name); p != nil {
				r.variables[name.Name] = p
				return false
			}
		}
	case *ast.CallExpr:
		return r.readPart(n, "") == nil
	}
	return true
}

func (r *sourceReader) readPart(call *ast.CallExpr, name string) *stackPart {
	method, ok := builderMethod(call)
	if !ok {
		return nil
	}
	if name == "" {
		name = method
	}
	p := &stackPart{name: name, first: r.line(call.Pos()), last: r.line(call.End())}
	r.source.parts = append(r.source.parts, p)
	for _, argument := range call.Args {
		after, ok := argument.(*ast.CallExpr)
		if method, is := builderMethod(after); ok && is && method == "after" {
			r.readEdges(p, after)
		}
	}
	return p
}

func (r *sourceReader) readEdges(dependent *stackPart, after *ast.CallExpr) {
	for _, argument := range after.Args {
		name, _ := argument.(*ast.Ident)
		if name == nil || r.variables[name.Name] == nil {
			r.fail(after, "after has an argument that is not a variable with the result of a call of the builder")
			return
		}
		reason := r.comments[r.line(after.End())]
		if reason == "" {
			r.fail(after, "an edge without a reason in a comment")
			return
		}
		r.source.edges = append(r.source.edges, Edge{dependent.name, name.Name, reason, dependent, r.variables[name.Name]})
	}
}

func (r *sourceReader) fail(at ast.Node, what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %s", r.files.Position(at.Pos()), what)
	}
}

// builderMethod returns the method name of a call b.method(…).
func builderMethod(call *ast.CallExpr) (string, bool) {
	if call == nil {
		return "", false
	}
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	receiver, ok := selector.X.(*ast.Ident)
	return selector.Sel.Name, ok && receiver.Name == "b"
}
