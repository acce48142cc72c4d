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

// The CNI's module, the month in which it was read, and its checksum in Go's checksum database.
const (
	module   = "github.com/aws/amazon-vpc-cni-k8s"
	version  = "v1.23.2"
	checksum = "h1:Ka5CQyoDQhTJ41BruEiI35Xs7LJoC+zUubWI5+xbrLc="
	readIn   = "November 2026"
	file     = "pkg/vpc/vpc_ip_resource_limit.go"
	variable = "instanceNetworkingLimits"
)

// limit holds the module's limits of an instance type.
type limit struct {
	interfaces, addresses int
	xen, metal            bool
}

// readLimits reads the limits of every instance type from the module's source.
func readLimits() (map[string]limit, error) {
	folder, err := downloadModule()
	if err != nil {
		return nil, fmt.Errorf("%s@%s: %w", module, version, err)
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, file), nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	table := findTable(parsed)
	if table == nil {
		return nil, fmt.Errorf("%s@%s: no %s in %s", module, version, variable, file)
	}
	return parseEntries(table)
}

// downloadModule downloads the module with the go command, outside of this repository's modules.
func downloadModule() (string, error) {
	command := exec.Command("go", "mod", "download", "-json", module+"@"+version)
	command.Dir = os.TempDir()
	command.Env = append(os.Environ(), "GO111MODULE=on", "GOWORK=off", "GOFLAGS=")
	output, failed := command.Output()
	var answer struct{ Dir, Sum, Error string }
	if err := json.Unmarshal(output, &answer); err != nil {
		return "", failed
	}
	switch {
	case answer.Error != "":
		return "", fmt.Errorf("%s", answer.Error)
	case answer.Sum != checksum:
		return "", fmt.Errorf("checksum %s, want %s", answer.Sum, checksum)
	}
	return answer.Dir, failed
}

// findTable returns the table in the file.
func findTable(parsed *ast.File) (table *ast.CompositeLit) {
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
	values := map[string]string{}
	for _, element := range fields.Elts {
		if field, keyed := element.(*ast.KeyValueExpr); keyed {
			values[literalText(field.Key)] = literalText(field.Value)
		}
	}
	interfaces, err := strconv.Atoi(values["ENILimit"])
	if err != nil {
		return limit{}, err
	}
	addresses, err := strconv.Atoi(values["IPv4Limit"])
	return limit{interfaces, addresses, values["HypervisorType"] == `"xen"`, values["IsBareMetal"] == "true"}, err
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
