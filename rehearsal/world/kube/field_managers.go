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

// atomic are structures whose fields have one owner (k8s.io/api/admissionregistration/v1, MatchResources:
// structType=atomic).
var atomic = []string{"matchConstraints", "matchResources"}

// leavesOf returns the paths of the values in nested maps, without the name and the namespace, which cannot change.
// Lists are values, as they are in definitions.
func leavesOf(value any, path []string) (leaves [][]string) {
	inner, is := value.(map[string]any)
	if !is || slices.Contains(atomic, path[len(path)-1]) {
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

// retainedManager owns the fields of an object that the program created before and retained: the provider gives each
// resource a field manager of its own (pulumi-kubernetes, provider/pkg/provider/provider.go, fieldManagerName).
const retainedManager = "pulumi-kubernetes-retained"

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
		if len(ManagedFields(old)) == 0 {
			OwnFields(old, retainedManager, store.OrText(old.Inputs["apiVersion"], ""))
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

// patchManager is the field manager of a patch. The provider gives each an automatic name of this form.
const patchManager = "pulumi-kubernetes-patch"

// patchedType returns the type of the object of which a resource owns fields. It reports false for a resource that is
// an object.
func patchedType(typ string) (string, bool) {
	return strings.TrimSuffix(typ, store.PatchSuffix), slices.Contains(store.PatchTypes, typ)
}

// patchKind returns the kind of a resource that owns fields of an object of another resource. The provider applies them
// with a field manager of their own, waits for what the annotation of the object says, and gives up only these fields
// when it deletes the resource (pulumi-kubernetes, provider/pkg/await/await.go and provider/pkg/ssa).
func patchKind(typ string) *store.Kind {
	of, _ := patchedType(typ)
	read := func(c *store.Call, o *store.Object) {
		if target := c.Find(o.Cluster, of, o.ID); target != nil {
			o.Own()
			o.Outputs = store.Clone(target.Outputs)
			o.Written()
		}
	}
	return &store.Kind{
		Typ: typ, ForceNew: []string{"metadata.name", "metadata.namespace"}, Read: read,
		Create: func(c *store.Call, o *store.Object) error { return applyPatch(c, of, o, nil) },
		Update: func(c *store.Call, o, old *store.Object) error { return applyPatch(c, of, o, old) },
		Await: func(c *store.Call, o *store.Object) error {
			target := c.Find(o.Cluster, of, o.ID)
			if target == nil || waitAnnotation(target) == "" {
				return nil
			}
			err := awaitAnnotated(c.Account, target)
			read(c, o)
			return err
		},
		Remove: func(c *store.Call, o *store.Object) error {
			if target := c.Find(o.Cluster, of, o.ID); target != nil {
				changed := patched(target, nil, o)
				setGeneration(ServedType(c.Account, o.Cluster, apiVersionOf(o), textOf(o, "kind")), changed, target)
				replaceOutputs(target, changed)
			}
			return nil
		},
	}
}

func apiVersionOf(o *store.Object) string { return textOf(o, "apiVersion") }

// applyPatch applies the fields of a patch to its object, and removes those that only the old patch had. If the object
// does not exist, the API server takes the patch for a new one, which lacks required fields.
func applyPatch(c *store.Call, of string, o, old *store.Object) error {
	name := store.OrText(store.Nested(o.Inputs, "metadata", "name"), "")
	version, kind := store.OrText(o.Inputs["apiVersion"], ""), store.OrText(o.Inputs["kind"], "")
	t := ServedType(c.Account, c.Cluster, version, kind)
	if err := CustomServed.When(t == nil, name, version, kind); err != nil || t == nil {
		return err
	}
	namespace := store.OrText(store.Nested(withScope(t, store.Clone(o.Inputs)), "metadata", "namespace"), "")
	o.ID = ObjectID(namespace, name)
	target := c.Find(c.Cluster, of, o.ID)
	if target == nil {
		created := &store.Object{Type: of, Cluster: c.Cluster, Inputs: o.Inputs}
		if err := AcceptObject(c.Account, t, created); err != nil {
			return err
		}
		return store.Unmodelled("a patch that creates its object, %s %s", kind, o.ID)
	}
	if err := FieldConflict.When(len(conflictsWith(target, o, old)) > 0, PrintConflicts(conflictsWith(target, o, old))); err != nil {
		return err
	}
	changed := patched(target, o, old)
	if err := store.First(completeCustom(c.Account, t, changed), validate(c.Account, t, changed, target), reviewByPolicies(c.Account, t, changed, target)); err != nil {
		return err
	}
	setGeneration(t, changed, target)
	replaceOutputs(target, changed)
	o.Outputs = store.Clone(target.Outputs)
	return nil
}

// conflictsWith returns the fields of a patch that have another value in its object, except those of the old patch.
func conflictsWith(target, o, old *store.Object) (conflicts []ManagedField) {
	own := map[string]any{}
	if old != nil {
		own = patchFields(old)
	}
	fields := patchFields(o)
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		value := store.Nested(target.Outputs, strings.Split(path, pathSeparator)...)
		if _, isOwn := own[path]; !isOwn && value != nil && !store.Equal(value, fields[path]) {
			conflicts = append(conflicts, ManagedField{Manager: "pulumi-kubernetes", Using: apiVersionOf(target), Path: strings.Split(path, pathSeparator)})
		}
	}
	return conflicts
}

// patched returns a copy of an object with the fields of a patch, and without those of the old one. Either is nil for
// none.
func patched(target, o, old *store.Object) *store.Object {
	changed := &store.Object{Type: target.Type, ID: target.ID, Cluster: target.Cluster, Inputs: target.Inputs,
		Outputs: store.Clone(target.Outputs), Facts: store.Clone(target.Facts)}
	owned := slices.DeleteFunc(ManagedFields(target), func(f ManagedField) bool { return f.Manager == patchManager })
	if old != nil {
		for path := range patchFields(old) {
			changed.UnsetAt(strings.Split(path, pathSeparator)[0], strings.Split(path, pathSeparator)[1:]...)
		}
	}
	if o != nil {
		fields := patchFields(o)
		for _, path := range slices.Sorted(maps.Keys(fields)) {
			names := strings.Split(path, pathSeparator)
			store.SetNested(changed.Outputs, store.CloneValue(fields[path]), names...)
			owned = append(owned, ManagedField{Manager: patchManager, Using: apiVersionOf(target), Path: names})
		}
	}
	setManagedFields(changed, owned)
	return changed
}

// replaceOutputs gives an object the outputs and managed fields of its changed copy.
func replaceOutputs(o, changed *store.Object) {
	o.Own()
	o.Outputs, o.Facts = changed.Outputs, changed.Facts
	o.Written()
}

// pathSeparator separates the keys of a path, in which a dot may be part of a key.
const pathSeparator = "\x00"

// patchFields returns the values of a patch by path: all but those that identify the object.
func patchFields(o *store.Object) map[string]any {
	fields := map[string]any{}
	for name, value := range o.Inputs {
		switch name {
		case "apiVersion", "kind":
		case "metadata":
			metadata := maps.Clone(store.MapOf(value))
			maps.DeleteFunc(metadata, func(key string, _ any) bool { return key == "name" || key == "namespace" })
			addFields(fields, name, metadata)
		default:
			addFields(fields, name, value)
		}
	}
	return fields
}

// addFields adds the values below a path; a list is one value.
func addFields(fields map[string]any, path string, value any) {
	below, isMap := value.(map[string]any)
	if !isMap {
		fields[path] = value
		return
	}
	for name, inner := range below {
		addFields(fields, path+pathSeparator+name, inner)
	}
}
