package world

import (
	"errors"
	"strings"
	"testing"
)

func managerRefusals() []kubeRefusal {
	return []kubeRefusal{
		{"another number of pods than an autoscaler wrote", fieldConflict, func(k *kubeLab) error {
			k.apply(deploymentType, scaled(2))
			k.apply(autoscalerType, autoscaled(3, 5))
			return k.update(deploymentType, "default/web", scaled(2))
		}},
	}
}

// forced returns a manifest that takes fields from other managers.
func forced(m Properties) Properties {
	return edited(m, "metadata.annotations", map[string]any{patchForce: "true"})
}

func (k *kubeLab) replicas() int {
	return k.world.find("dev", deploymentType, "default/web").number("spec.replicas")
}

func TestAConflictIsReportedWithManagerAndFieldAsByTheAPIServer(t *testing.T) {
	err := managerRefusals()[0].try(newCluster(t))
	const want = `Apply failed with 1 conflict: conflict with "kube-controller-manager" with subresource "scale" using apps/v1: .spec.replicas`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v", err)
	}
	fields := []managedField{{Manager: `"a"`, Using: "v1", Path: []string{"spec", "x"}}, {Manager: `"a"`, Using: "v1", Path: []string{"spec", "y"}}}
	if got := printConflicts(fields); got != "2 conflicts: conflicts with \"a\" using v1:\n- .spec.x\n- .spec.y" {
		t.Errorf("two conflicts are printed as %q", got)
	}
}

func TestAFieldOfAnotherManagerIsIgnoredTakenOrShared(t *testing.T) {
	without := scaled(2)
	delete(mapOf(without["spec"]), "replicas")
	for name, c := range map[string]struct {
		manifest Properties
		terms    Terms
		want     int
		then     Rule // the rule that refuses another number afterwards that is not forced
	}{
		"left out":                    {manifest: without, want: 3, then: fieldConflict},
		"ignored":                     {manifest: scaled(2), terms: Terms{IgnoreChanges: []string{"spec.replicas"}}, want: 3, then: fieldConflict},
		"the same value":              {manifest: scaled(3), want: 3, then: fieldConflict},
		"forced":                      {manifest: forced(scaled(4)), want: 4},
		"forced, but ignored as well": {manifest: forced(scaled(4)), terms: Terms{IgnoreChanges: []string{"spec.replicas"}}, want: 3, then: fieldConflict},
	} {
		t.Run(name, func(t *testing.T) {
			k := newCluster(t)
			k.apply(deploymentType, scaled(2))
			k.apply(autoscalerType, autoscaled(3, 5))
			if _, err := k.kube.With(c.terms).Update(deploymentType, "default/web", c.manifest); err != nil {
				t.Fatal(err)
			}
			if got := k.replicas(); got != c.want {
				t.Errorf("%d pods and not %d", got, c.want)
			}
			if got := ruleOf(k.update(deploymentType, "default/web", scaled(5))); got != c.then {
				t.Errorf("another number afterwards: %v", got)
			}
		})
	}
}

// Kubernetes calls it transferring ownership: an only owner that leaves a field out removes it, and the default
// applies.
func TestAFieldThatOnlyTheProgramOwnedIsRemovedWithItsValue(t *testing.T) {
	without := scaled(4)
	delete(mapOf(without["spec"]), "replicas")
	k := newCluster(t)
	k.apply(deploymentType, scaled(4))
	k.apply(autoscalerType, autoscaled(3, 5))
	k.must(k.update(deploymentType, "default/web", without))
	if got := k.replicas(); got != 3 {
		t.Errorf("the autoscaler set %d pods", got)
	}
	if got := k.world.FewestPods("dev", "default", "web"); got != 1 {
		t.Errorf("meanwhile there were %d pods, and the default is 1", got)
	}
}

func TestAnIgnoredFieldThatTheProgramOwnsKeepsItsValue(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, scaled(4))
	k.apply(autoscalerType, autoscaled(3, 5))
	if _, err := k.kube.With(Terms{IgnoreChanges: []string{"spec.replicas"}}).Update(deploymentType, "default/web", scaled(3)); err != nil {
		t.Fatal(err)
	}
	if got, fewest := k.replicas(), k.world.FewestPods("dev", "default", "web"); got != 4 || fewest != 4 {
		t.Errorf("%d pods, %d at least, and not 4", got, fewest)
	}
}

func TestTheOwnersOfFieldsAreSavedWithTheAccount(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, scaled(2))
	k.apply(autoscalerType, autoscaled(3, 5))
	path := t.TempDir() + "/world.json"
	k.must(errors.Join(k.world.Keep(path), k.world.Save()))
	loaded, err := Load(path, k.world.options)
	if err != nil {
		t.Fatal(err)
	}
	if fields := loaded.find("dev", deploymentType, "default/web").managedFields(); len(fields) != 1 || fields[0].Using != "apps/v1" {
		t.Errorf("loaded: %v", fields)
	}
}
