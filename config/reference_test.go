package config_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"eksnet/config"
)

var update = flag.Bool("update", false, "write docs/configuration.md anew")

// The reference is made of the types' comments, so that it cannot say anything else than the code does.
func TestTheReferenceMatchesTheTypes(t *testing.T) {
	const file = "../docs/configuration.md"
	want := reference(t)
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := os.ReadFile(file); !bytes.Equal(got, want) {
		t.Errorf("%s is not what the comments in config say; run: go test ./config -run Reference -update", file)
	}
}

const intro = `# Configuration

The keys of a stack file. A key that is not listed here, a value of another type or out of range is refused before anything is
made: every problem at once, by path, with the accepted values. This page is generated from the comments of the types in ` + "`config/`" + `.

Of the settings of Pulumi's AWS provider the stack takes four. Others would have no effect and are refused; those of Pulumi itself
stay Pulumi's.

` + "```yaml" + `
config:
  aws:region: ap-northeast-2
  aws:allowedAccountIds: ["111122223333"]
  eksnet:network:
    zones: [ap-northeast-2a, ap-northeast-2b, ap-northeast-2c]
  eksnet:cluster:
    name: dev
    endpoint: {public: true, publicCidrs: [203.0.113.0/24]}
  eksnet:nodeGroups:
    general: {instanceTypes: [m7g.large], scaling: {min: 2, desired: 3, max: 6}}
` + "```" + `
`

func reference(t *testing.T) []byte {
	comments := commentsOf(t)
	var out bytes.Buffer
	out.WriteString(intro)
	out.WriteString("\n## `aws:`\n\n| key | type | meaning |\n|---|---|---|\n")
	for _, row := range []struct{ key, kind, field string }{
		{"aws:region", "text", "Region"},
		{"aws:allowedAccountIds", "list of texts", "Accounts"},
		{"aws:profile", "text", "Profile"},
		{"aws:assumeRole.roleArn", "text", "Role"},
	} {
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", row.key, row.kind, comments["Stack."+row.field])
	}
	for _, section := range []struct {
		key string
		typ reflect.Type
	}{
		{"eksnet:network", reflect.TypeFor[config.Network]()},
		{"eksnet:cluster", reflect.TypeFor[config.Cluster]()},
		{"eksnet:nodeGroups", reflect.TypeFor[map[string]config.NodeGroup]()},
		{"eksnet:addons", reflect.TypeFor[config.Addons]()},
		{"eksnet:dns", reflect.TypeFor[config.DNS]()},
		{"eksnet:workloads", reflect.TypeFor[map[string]config.Workload]()},
	} {
		fmt.Fprintf(&out, "\n## `%s`\n\n", section.key)
		write(&out, comments, section.typ, "")
	}
	fmt.Fprintf(&out, "\n## `eksnet:tags`\n\n%s\n", comments["Stack.Tags"])
	fmt.Fprintf(&out, "\n## `eksnet:tagsNotOnInstances`\n\n%s\n", comments["Stack.TagsNotOnInstances"])
	return out.Bytes()
}

// write lists the keys of a type, and those of the types below it by path.
func write(out *bytes.Buffer, comments map[string]string, typ reflect.Type, path string) {
	switch typ.Kind() {
	case reflect.Map:
		write(out, comments, typ.Elem(), path+"<name>.")
		return
	case reflect.Slice:
		write(out, comments, typ.Elem(), strings.TrimSuffix(path, ".")+"[].")
		return
	}
	if path == "" || strings.HasSuffix(path, "<name>.") && strings.Count(path, ".") == 1 {
		fmt.Fprintf(out, "%s\n\n| key | type | meaning |\n|---|---|---|\n", comments[typ.Name()])
	}
	for i := range typ.NumField() {
		field := typ.Field(i)
		key := path + field.Tag.Get("json")
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", key, kind(field.Type), meaning(comments, typ, field))
		if below := elem(field.Type); below.Kind() == reflect.Struct {
			write(out, comments, direct(field.Type), key+".")
		}
	}
}

func meaning(comments map[string]string, typ reflect.Type, field reflect.StructField) string {
	text := comments[typ.Name()+"."+field.Name]
	if text == "" {
		text = comments[elem(field.Type).Name()]
	}
	if kinds, tagged := field.Tag.Lookup("kinds"); tagged {
		text += " Of " + listed(strings.Fields(kinds)) + "."
	}
	return strings.ReplaceAll(text, "|", `\|`)
}

// listed joins names: clb, nlb and alb.
func listed(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

func elem(typ reflect.Type) reflect.Type {
	if typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map || typ.Kind() == reflect.Pointer {
		return typ.Elem()
	}
	return typ
}

func direct(typ reflect.Type) reflect.Type {
	if typ.Kind() == reflect.Pointer {
		return typ.Elem()
	}
	return typ
}

func kind(typ reflect.Type) string {
	switch typ {
	case reflect.TypeFor[config.Endpoints]():
		return "auto, or list of texts"
	case reflect.TypeFor[config.Port]():
		return "whole number, or text"
	}
	switch typ.Kind() {
	case reflect.Pointer:
		return kind(typ.Elem())
	case reflect.Slice:
		return "list of " + kind(typ.Elem()) + "s"
	case reflect.Map:
		return "map of " + kind(typ.Elem()) + "s"
	case reflect.Struct:
		return "map"
	case reflect.Bool:
		return "true or false"
	case reflect.Int:
		return "whole number"
	default:
		return "text"
	}
}

// commentsOf are the comments of the types and their fields, by Type and Type.Field, each in one line.
func commentsOf(t *testing.T) map[string]string {
	comments := map[string]string{}
	line := func(group *ast.CommentGroup) string { return strings.Join(strings.Fields(group.Text()), " ") }
	var decls []ast.Decl
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		decls = append(decls, file.Decls...)
	}
	for _, decl := range decls {
		general, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range general.Specs {
			typ, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			comments[typ.Name.Name] = line(general.Doc)
			fields, ok := typ.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, field := range fields.Fields.List {
				if len(field.Names) == 0 {
					continue // an embedded type
				}
				comments[typ.Name.Name+"."+field.Names[0].Name] = line(field.Doc)
			}
		}
	}
	return comments
}
