package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/analysis/facts/deprecated"
)

// withImported adds the uses of deprecated names of other packages to the deprecations of a package. Staticcheck finds
// these by analyzing the other packages; here only the comments of the names that are used are read.
func withImported(find runFunc) runFunc {
	return func(pass *analysis.Pass) (any, error) {
		found, err := find(pass)
		if err != nil {
			return nil, err
		}
		result, read := found.(deprecated.Result), comments{}
		for _, object := range pass.TypesInfo.Uses {
			if f, ok := object.(*types.Func); ok {
				object = f.Origin()
			}
			if object.Pkg() == nil || object.Pkg() == pass.Pkg || result.Objects[object] != nil {
				continue
			}
			if message := read.deprecationOf(declarationPosition(pass.Fset, object), object.Name()); message != "" {
				result.Objects[object] = &deprecated.IsDeprecated{Msg: message}
			}
		}
		for _, imported := range pass.Pkg.Imports() {
			if message := read.packageDeprecationOf(packageDir(pass.Fset, imported)); message != "" && result.Packages[imported] == nil && imported.Path() != "syscall" {
				result.Packages[imported] = &deprecated.IsDeprecated{Msg: message}
			}
		}
		return result, nil
	}
}

// comments are the deprecations in files that were read, by file and declaration.
type comments map[string]map[declaration]string

// declaration is a name and the line of its declaration. The compiler's export data has lines, but not exact columns.
type declaration struct {
	line int
	name string
}

// deprecationOf returns the deprecation of a name that is declared at a position, "" for none.
func (c comments) deprecationOf(at token.Position, name string) string {
	if c[at.Filename] == nil {
		c[at.Filename] = deprecations(at.Filename)
	}
	return c[at.Filename][declaration{at.Line, name}]
}

// packageDeprecationOf returns the deprecation of the package in a folder.
func (c comments) packageDeprecationOf(dir string) string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, file := range files {
		if message := packageDeprecation(file); message != "" && !strings.HasSuffix(file, "_test.go") {
			return message
		}
	}
	return ""
}

// packageDir returns the folder of a package, "" for one that declares nothing.
func packageDir(fset *token.FileSet, p *types.Package) string {
	for _, name := range p.Scope().Names() {
		if at := declarationPosition(fset, p.Scope().Lookup(name)); at.Filename != "" {
			return filepath.Dir(at.Filename)
		}
	}
	return ""
}

// declarationPosition returns the position of an object's declaration. The compiler writes $GOROOT for the folder of
// the standard library, and go vet sets it.
func declarationPosition(fset *token.FileSet, object types.Object) token.Position {
	at := fset.Position(object.Pos())
	if rest, ok := strings.CutPrefix(at.Filename, "$GOROOT"); ok {
		at.Filename = os.Getenv("GOROOT") + rest
	}
	return at
}

func packageDeprecation(name string) string {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		return ""
	}
	return deprecationText(file.Doc)
}

// deprecations reads a file; it returns none for a file that cannot be read.
func deprecations(file string) map[declaration]string {
	fset, found := token.NewFileSet(), map[declaration]string{}
	parsed, err := parser.ParseFile(fset, file, nil, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return found
	}
	note := func(text string, names ...*ast.Ident) {
		for _, name := range names {
			if text != "" {
				found[declaration{fset.Position(name.Pos()).Line, name.Name}] = text
			}
		}
	}
	ast.Inspect(parsed, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncDecl:
			note(deprecationText(node.Doc), node.Name)
			return false
		case *ast.GenDecl:
			for _, spec := range node.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					note(deprecationText(node.Doc, spec.Doc), spec.Name)
				case *ast.ValueSpec:
					note(deprecationText(node.Doc, spec.Doc), spec.Names...)
				}
			}
		case *ast.Field:
			note(deprecationText(node.Doc), node.Names...)
		}
		return true
	})
	return found
}

// deprecationText returns the deprecation paragraph of comments, in one line.
func deprecationText(docs ...*ast.CommentGroup) string {
	for _, doc := range docs {
		for part := range strings.SplitSeq(doc.Text(), "\n\n") {
			if text, ok := strings.CutPrefix(part, "Deprecated: "); ok {
				return strings.ReplaceAll(strings.TrimSpace(text), "\n", " ")
			}
		}
	}
	return ""
}
