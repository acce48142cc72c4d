package schema

import "reflect"

// givenByProgram are inputs of a release that are not defaults: the provider names a release and its namespace itself,
// and does not read compat.
var givenByProgram = map[string]bool{"chart": true, "compat": true, "name": true, "namespace": true, "version": true}

// ReleaseDefaults returns the values of the flags and texts of a release that a program leaves out, and of those of its
// repository.
func ReleaseDefaults() (release, repository map[string]any) {
	return zeros(reflect.TypeFor[releaseArgs]()), zeros(reflect.TypeFor[RepositoryOpts]())
}

// zeros returns false and "" for the flags and texts of a struct.
func zeros(of reflect.Type) map[string]any {
	values := map[string]any{}
	for i := range of.NumField() {
		name := of.Field(i).Tag.Get("pulumi")
		switch of.Field(i).Type {
		case reflect.TypeFor[*bool]():
			values[name] = false
		case reflect.TypeFor[*string]():
			values[name] = ""
		}
		if givenByProgram[name] {
			delete(values, name)
		}
	}
	return values
}
