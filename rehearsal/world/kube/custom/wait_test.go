package custom_test

import (
	"testing"

	"eksnet/rehearsal/world/kube/custom"
)

func TestAConditionOfAnEarlierGenerationIsNotMet(t *testing.T) {
	object := func(condition map[string]any) map[string]any {
		return map[string]any{"metadata": map[string]any{"generation": 2.0}, "status": map[string]any{"conditions": []any{condition}}}
	}
	for _, test := range []struct {
		condition map[string]any
		want      bool
	}{
		{map[string]any{"type": "Programmed", "status": "True"}, true},
		{map[string]any{"type": "Programmed", "status": "True", "observedGeneration": 2.0}, true},
		{map[string]any{"type": "Programmed", "status": "True", "observedGeneration": 1.0}, false},
		{map[string]any{"type": "Programmed", "status": "False", "observedGeneration": 2.0}, false},
	} {
		if met, err := custom.Meets(object(test.condition), "condition=Programmed"); err != nil || met != test.want {
			t.Errorf("%v is met: %t, %v", test.condition, met, err)
		}
	}
}
