package scenario

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"eksnet/rehearsal/engine"
)

// symbols are those of `pulumi preview --diff`, with ± for a replacement in either order.
var symbols = map[string]string{"create": "+", "update": "~", "replace": "±", "delete": "-", "add": "+"}

// symbolOf returns the symbol of an operation on a resource or a property.
func symbolOf(op string) string {
	if mark, ok := symbols[op]; ok {
		return mark
	}
	return op
}

// ChangeList prints what an operation changed, or what a preview would change. Updates and replacements have a line
// each, with the properties that differ. Creations are counted by component, and so are the deletions of a destroy;
// with verbose each has its own line.
func (o Operation) ChangeList(out io.Writer, verbose bool) {
	grouped := map[string]bool{"create": !verbose, "delete": !verbose && o.Name == "destroy"}
	var named, counted []engine.Change
	for _, change := range o.Changes {
		if grouped[change.Op] && !change.Failed {
			counted = append(counted, change)
		} else {
			named = append(named, change)
		}
	}
	for _, change := range named {
		writeChange(out, change, verbose)
	}
	writeCounts(out, counted)
}

// writeChange prints a resource with the properties that differ.
func writeChange(out io.Writer, change engine.Change, verbose bool) {
	failed := ""
	if change.Failed {
		failed = "  (failed)"
	}
	fmt.Fprintf(out, "  %s %s %s%s\n", symbolOf(change.Op), change.Type, change.Name, failed)
	if verbose {
		fmt.Fprintf(out, "      [urn=%s]\n", change.URN)
	}
	for _, p := range change.Properties {
		text := fmt.Sprintf("%s %s: ", symbolOf(p.Kind), p.Path)
		switch p.Kind {
		case "add":
			text += formatValue(p.After, verbose)
		case "delete":
			text += formatValue(p.Before, verbose)
		default:
			text += formatValue(p.Before, verbose) + " => " + formatValue(p.After, verbose)
		}
		if p.Replaces {
			text += "  (forces replacement)"
		}
		fmt.Fprintf(out, "      %s\n", text)
	}
}

// formatValue returns a value as JSON, cut to one line unless whole is true.
func formatValue(value any, whole bool) string {
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return fmt.Sprint(value)
	}
	const most = 60
	runes := []rune(strings.TrimSpace(text.String()))
	if !whole && len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(runes)
}

// writeCounts prints counts by operation and component, in the order in which components first occur.
func writeCounts(out io.Writer, changes []engine.Change) {
	type group struct{ op, component string }
	var groups []group
	types := map[group][]string{}
	parents := map[string]string{}
	for _, change := range changes {
		parents[change.URN] = change.Parent
	}
	for _, change := range changes {
		in := group{change.Op, componentOf(change.URN, parents)}
		if !slices.Contains(groups, in) {
			groups = append(groups, in)
		}
		types[in] = append(types[in], change.Type)
	}
	for _, g := range groups {
		fmt.Fprintf(out, "  %s %s: %s\n", symbolOf(g.op), g.component, countedTypes(types[g]))
	}
}

// countedTypes returns the number of resources and their types: 3 resources (VPC, 2 Subnet).
func countedTypes(types []string) string {
	count := map[string]int{}
	var order []string
	for _, typ := range types {
		name := typ[strings.LastIndex(typ, ":")+1:]
		if strings.HasPrefix(typ, "pulumi:providers:") {
			name += " provider"
		}
		if count[name]++; count[name] == 1 {
			order = append(order, name)
		}
	}
	for i, name := range order {
		if count[name] > 1 {
			order[i] = fmt.Sprint(count[name], " ", name)
		}
	}
	if len(types) == 1 {
		return "1 resource (" + order[0] + ")"
	}
	return fmt.Sprintf("%d resources (%s)", len(types), strings.Join(order, ", "))
}

// componentOf returns the outermost component of a resource. Parents has the parents of resources by URN, and may be
// incomplete.
func componentOf(of string, parents map[string]string) string {
	at := urn.URN(of)
	for {
		parent := urn.URN(parents[string(at)])
		if parent == "" || parent.QualifiedType() == resource.RootStackType {
			break
		}
		at = parent
	}
	if typ := at.Type(); typ == resource.RootStackType || strings.HasPrefix(string(typ), "pulumi:providers:") {
		return "stack and providers"
	}
	return fmt.Sprintf("%s %s", at.Type(), at.Name())
}
