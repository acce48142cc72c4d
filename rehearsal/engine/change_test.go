package engine

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

func TestAChangeShowsNoSecretAndNoValueThatIsNotKnownYet(t *testing.T) {
	values := resource.PropertyMap{
		"password": resource.MakeSecret(resource.NewProperty("hunter2")),
		"address":  resource.MakeComputed(resource.NewProperty("")),
		"output":   resource.NewProperty(resource.Output{Element: resource.NewProperty("hunter2"), Known: true, Secret: true}),
		"tags":     resource.NewProperty(resource.PropertyMap{"a.b": resource.NewProperty(1.0)}),
		"list":     resource.NewProperty([]resource.PropertyValue{resource.MakeSecret(resource.NewProperty("hunter2")), resource.NewProperty(true)}),
	}
	for path, want := range map[string]any{
		"password": secretValue, "address": unknownValue, "output": secretValue, `tags["a.b"]`: 1.0,
		"tags": map[string]any{"a.b": 1.0}, "list": []any{secretValue, true}, "missing": nil,
	} {
		if got := valueAt(values, path); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v and not %v", path, got, want)
		}
	}
}
