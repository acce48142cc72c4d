package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// source is a module from which figures are read, with its checksum in Go's checksum database.
type source struct{ module, version, checksum, file string }

// cni is the VPC CNI. readIn is the month in which the modules were read.
var cni = source{"github.com/aws/amazon-vpc-cni-k8s", "v1.23.2", "h1:Ka5CQyoDQhTJ41BruEiI35Xs7LJoC+zUubWI5+xbrLc=", "pkg/vpc/vpc_ip_resource_limit.go"}

const (
	readIn   = "November 2026"
	variable = "instanceNetworkingLimits"
)

// limit holds the module's limits of an instance type.
type limit struct {
	interfaces, addresses int
	xen, metal            bool
}

// readLimits reads the limits of every instance type from the module's source.
func readLimits() (map[string]limit, error) {
	table, err := cni.readTable(variable)
	if err != nil {
		return nil, err
	}
	return parseEntries(table)
}

// readTable returns the composite literal of a variable in the source's file.
func (s source) readTable(variable string) (*ast.CompositeLit, error) {
	path, err := s.download()
	if err != nil {
		return nil, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	table := findTable(parsed, variable)
	if table == nil {
		return nil, fmt.Errorf("%s@%s: no %s in %s", s.module, s.version, variable, s.file)
	}
	return table, nil
}

// download downloads the module with the go command, outside of this repository's modules, and returns the path of the
// source's file.
func (s source) download() (string, error) {
	command := exec.Command("go", "mod", "download", "-json", s.module+"@"+s.version)
	command.Dir = os.TempDir()
	command.Env = append(os.Environ(), "GO111MODULE=on", "GOWORK=off", "GOFLAGS=")
	output, failed := command.Output()
	var answer struct{ Dir, Sum, Error string }
	if err := json.Unmarshal(output, &answer); err != nil {
		return "", fmt.Errorf("%s@%s: %w", s.module, s.version, failed)
	}
	switch {
	case answer.Error != "":
		return "", fmt.Errorf("%s@%s: %s", s.module, s.version, answer.Error)
	case answer.Sum != s.checksum:
		return "", fmt.Errorf("%s@%s: checksum %s, want %s", s.module, s.version, answer.Sum, s.checksum)
	}
	return filepath.Join(answer.Dir, s.file), failed
}

// findTable returns the value of a variable in a file.
func findTable(parsed *ast.File, variable string) (table *ast.CompositeLit) {
	ast.Inspect(parsed, func(node ast.Node) bool {
		if spec, is := node.(*ast.ValueSpec); is && spec.Names[0].Name == variable && len(spec.Values) == 1 {
			table, _ = spec.Values[0].(*ast.CompositeLit)
		}
		return table == nil
	})
	return table
}

func parseEntries(table *ast.CompositeLit) (map[string]limit, error) {
	all := map[string]limit{}
	for _, element := range table.Elts {
		entry, keyed := element.(*ast.KeyValueExpr)
		if !keyed {
			return nil, fmt.Errorf("%s: an entry without a name", variable)
		}
		name, _ := strconv.Unquote(literalText(entry.Key))
		fields, is := entry.Value.(*ast.CompositeLit)
		if name == "" || !is {
			return nil, fmt.Errorf("%s: an entry that is not name and limits", variable)
		}
		l, err := limitOf(fields)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = l
	}
	return all, nil
}

func limitOf(fields *ast.CompositeLit) (limit, error) {
	values := literalFields(fields)
	interfaces, err := strconv.Atoi(values["ENILimit"])
	if err != nil {
		return limit{}, err
	}
	addresses, err := strconv.Atoi(values["IPv4Limit"])
	return limit{interfaces, addresses, values["HypervisorType"] == `"xen"`, values["IsBareMetal"] == "true"}, err
}

// literalFields returns the fields of a composite literal that are names or literals, as written.
func literalFields(fields *ast.CompositeLit) map[string]string {
	values := map[string]string{}
	for _, element := range fields.Elts {
		if field, keyed := element.(*ast.KeyValueExpr); keyed {
			values[literalText(field.Key)] = literalText(field.Value)
		}
	}
	return values
}

// literalText returns a name or a literal as written, "" for anything else.
func literalText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.BasicLit:
		return e.Value
	}
	return ""
}
