package main

import (
	"go/token"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/unused"
)

// reportUnused reports the result of staticcheck's analyzer of unused code. Staticcheck itself compares a package with
// and without its tests; go vet analyzes a package that has tests together with them only, and what is unused there is
// unused in both.
func reportUnused(find runFunc) runFunc {
	return func(pass *analysis.Pass) (any, error) {
		found, err := find(pass)
		if err != nil {
			return nil, err
		}
		result := found.(unused.Result)
		for _, object := range result.Unused {
			pass.Reportf(position(pass.Fset, object.DisplayPosition), "%s %s is unused (U1000)", object.Kind, object.Name)
		}
		return result, nil
	}
}

// position returns the position of a line and column in a file of the pass.
func position(fset *token.FileSet, at token.Position) token.Pos {
	place := token.NoPos
	fset.Iterate(func(file *token.File) bool {
		if file.Name() == at.Filename && at.Line <= file.LineCount() {
			place = file.LineStart(at.Line) + token.Pos(at.Column-1)
		}
		return place == token.NoPos
	})
	return place
}
