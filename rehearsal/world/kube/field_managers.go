package kube

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/rehearsal/world/store"
)

// The provider applies manifests on the server with its own field manager. A field that another manager wrote last
// belongs to that manager until the program forces its value
// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts). The program owns all fields of its
// last manifest, so only the fields of others are stored.
const PatchForce = "pulumi.com/patchForce"

var FieldConflict = store.NewRule("a manifest that is not forced has no other value for a field of another manager",
	`Server-Side Apply field conflict detected. See https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources for troubleshooting help.
The resource managed by field manager "pulumi-kubernetes" had an apply conflict: Apply failed with %s`,
	"https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go; "+
		"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/await.go (handleSSAErr); pulumi-kubernetes#2491, #2569")

// ManagedField is a field of an object that a manager other than the program owns.
type ManagedField struct {
	// Manager and Using are as the API server prints them: "kube-controller-manager" with subresource "scale", and
	// apps/v1.
	Manager string `json:"manager"`
	Using   string `json:"using"`
	// Path are the keys of the field from the root.
	Path []string `json:"path"`
	// Shared is set if the program has applied the same value since, and owns the field too.
	Shared bool `json:"shared,omitempty"`
}

// ManagedFields returns the fields of an object that others own.
func ManagedFields(o *store.Object) []ManagedField {
	fields, _ := store.As[struct {
		ManagedFields []ManagedField `json:"managedFields"`
	}](store.Properties{"managedFields": o.Facts["managedFields"]})
	return fields.ManagedFields
}

func setManagedFields(o *store.Object, fields []ManagedField) {
	if len(fields) == 0 && o.Facts["managedFields"] == nil {
		return
	}
	noted := []any{}
	for _, f := range fields {
		noted = append(noted, map[string]any{"manager": f.Manager, "using": f.Using, "path": store.AnyOf(f.Path), "shared": f.Shared})
	}
	o.Learn("managedFields", noted)
}

// WriteField sets a field of an object as a controller does. A manager that changes a field becomes its only owner.
func WriteField(o *store.Object, by ManagedField, value any) {
	o.SetAt(value, by.Path[0], by.Path[1:]...)
	others := slices.DeleteFunc(ManagedFields(o), func(f ManagedField) bool { return slices.Equal(f.Path, by.Path) })
	setManagedFields(o, append(others, by))
}

// OwnFields makes a manager the owner of all fields of an object's manifest.
func OwnFields(o *store.Object, manager, using string) {
	var fields []ManagedField
	for _, top := range []string{"metadata", "spec"} {
		for _, path := range leavesOf(o.Inputs[top], []string{top}) {
			fields = append(fields, ManagedField{Manager: manager, Using: using, Path: path})
		}
	}
	setManagedFields(o, fields)
}

// leavesOf returns the paths of the values in nested maps, without the name and the namespace, which cannot change.
// Lists are values, as they are in definitions.
func leavesOf(value any, path []string) (leaves [][]string) {
	inner, is := value.(map[string]any)
	if !is {
		return [][]string{path}
	}
	for _, key := range slices.Sorted(maps.Keys(inner)) {
		if len(path) == 1 && path[0] == "metadata" && (key == "name" || key == "namespace") {
			continue
		}
		leaves = append(leaves, leavesOf(inner[key], append(slices.Clone(path), key))...)
	}
	return leaves
}

// adopting returns a kind whose creation takes over an existing object: the provider applies a manifest on the server
// to create an object too (pulumi-kubernetes, provider/pkg/await/await.go, Creation). Creations of the other kinds are
// refused instead, because two resources of a program would share the object.
func adopting(k *store.Kind) *store.Kind {
	create, update := k.Create, k.Update
	k.Create = func(c *store.Call, o *store.Object) error {
		old := c.Find(o.Cluster, o.Type, store.OrText(store.Nested(o.Inputs, "metadata", "name"), ""))
		if old == nil {
			return create(c, o)
		}
		o.ID, o.Facts = old.ID, store.Clone(old.Facts)
		return update(c, o, old)
	}
	return k
}

// appliedManifest returns the manifest that the provider applies for the inputs of an object. Ignored fields are left
// out if another manager owns them, and otherwise sent with their current value (pulumi-kubernetes, pkg/await/await.go,
// handleSSAIgnoreFields).
func appliedManifest(c *store.Call, o, old *store.Object) store.Properties {
	manifest := store.Clone(o.Inputs)
	for _, ignored := range c.Terms.IgnoreChanges {
		path := strings.Split(ignored, ".")
		foreign := slices.ContainsFunc(ManagedFields(old), func(f ManagedField) bool { return slices.Equal(f.Path, path) && !f.Shared })
		value := store.Nested(old.Outputs, path...)
		switch {
		case foreign:
			unstructured.RemoveNestedField(manifest, path...)
		case value != nil:
			store.SetNested(manifest, store.CloneValue(value), path...)
		}
	}
	return manifest
}

// resolveOwners updates the owners of fields of a changed object that others own too, and refuses a value that
// contradicts theirs.
func resolveOwners(manifest store.Properties, o, old *store.Object) error {
	var conflicts, kept []ManagedField
	forced := Meta((&store.Object{Outputs: manifest})).GetAnnotations()[PatchForce] == "true"
	for _, f := range ManagedFields(old) {
		value, current := store.Nested(manifest, f.Path...), store.Nested(old.Outputs, f.Path...)
		switch {
		case value == nil:
			f.Shared = false
		case store.Equal(value, current):
			f.Shared = true
		case forced:
			continue
		default:
			conflicts = append(conflicts, f)
		}
		kept = append(kept, f)
	}
	setManagedFields(o, kept)
	return FieldConflict.When(len(conflicts) > 0, PrintConflicts(conflicts))
}

// PrintConflicts formats conflicts as the API server does.
func PrintConflicts(conflicts []ManagedField) string {
	paths := map[string]string{}
	for _, c := range conflicts {
		paths[c.Manager+" using "+c.Using] += "\n- ." + strings.Join(c.Path, ".")
	}
	if len(conflicts) == 1 {
		return fmt.Sprintf("1 conflict: conflict with %s using %s: .%s", conflicts[0].Manager, conflicts[0].Using, strings.Join(conflicts[0].Path, "."))
	}
	var messages []string
	for _, manager := range slices.Sorted(maps.Keys(paths)) {
		messages = append(messages, "conflicts with "+manager+":"+paths[manager])
	}
	return fmt.Sprintf("%d conflicts: %s", len(conflicts), strings.Join(messages, "\n"))
}

// keepManagedFields keeps the values of fields that others own and the manifest leaves out. A field that only the
// program owned and leaves out is removed, and gets its default again
// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership).
func keepManagedFields(o, old *store.Object) {
	for _, f := range ManagedFields(o) {
		if store.Nested(o.Outputs, f.Path...) == nil {
			store.SetNested(o.Outputs, store.CloneValue(store.Nested(old.Outputs, f.Path...)), f.Path...)
		}
	}
}

// readManagedFields writes into the inputs of an object the values that others set for fields that the program sends: a
// refresh reports them (pulumi-kubernetes, provider/pkg/provider/provider.go, Read takes inputs from the live object).
func readManagedFields(_ *store.Call, o *store.Object) {
	for _, f := range ManagedFields(o) {
		sent, now := store.Nested(o.Inputs, f.Path...), store.Nested(o.Outputs, f.Path...)
		if sent != nil && !store.Equal(sent, now) {
			o.Own()
			store.SetNested(o.Inputs, store.CloneValue(now), f.Path...)
			o.Written()
		}
	}
}
