package config_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"eksnet/config"
)

func TestTheProjectDescribesEachKeyOfASection(t *testing.T) {
	text, err := os.ReadFile("../Pulumi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var project struct {
		Config map[string]struct{ Description string }
	}
	if err := yaml.Unmarshal(text, &project); err != nil {
		t.Fatal(err)
	}
	for section, typ := range map[string]reflect.Type{
		"network": reflect.TypeOf(config.Network{}), "cluster": reflect.TypeOf(config.Cluster{}),
		"nodeGroups": reflect.TypeOf(config.NodeGroup{}), "addons": reflect.TypeOf(config.Addons{}),
	} {
		words := strings.FieldsFunc(project.Config["eksnet:"+section].Description, func(r rune) bool { return strings.ContainsRune(" ,.:", r) })
		for i := range typ.NumField() {
			if key := typ.Field(i).Tag.Get("json"); !slices.Contains(words, key) {
				t.Errorf("the description of eksnet:%s in Pulumi.yaml lacks %s", section, key)
			}
		}
	}
}
