package kube_test

import (
	"errors"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// forced returns a manifest that takes fields from other managers.
func forced(m store.Properties) store.Properties {
	return worldtest.Edited(m, "metadata.annotations", map[string]any{kube.PatchForce: "true"})
}

func replicas(k *worldtest.KubeLab) int {
	return k.World.Find("dev", store.DeploymentType, "default/web").Number("spec.replicas")
}

func TestAFieldOfAnotherManagerIsIgnoredTakenOrShared(t *testing.T) {
	without := worldtest.Scaled(2)
	delete(store.MapOf(without["spec"]), "replicas")
	for name, c := range map[string]struct {
		manifest store.Properties
		terms    store.Terms
		want     int
		then     store.Rule // the rule that refuses another number afterwards that is not forced
	}{
		"left out":                    {manifest: without, want: 3, then: kube.FieldConflict},
		"ignored":                     {manifest: worldtest.Scaled(2), terms: store.Terms{IgnoreChanges: []string{"spec.replicas"}}, want: 3, then: kube.FieldConflict},
		"the same value":              {manifest: worldtest.Scaled(3), want: 3, then: kube.FieldConflict},
		"forced":                      {manifest: forced(worldtest.Scaled(4)), want: 4},
		"forced, but ignored as well": {manifest: forced(worldtest.Scaled(4)), terms: store.Terms{IgnoreChanges: []string{"spec.replicas"}}, want: 3, then: kube.FieldConflict},
	} {
		t.Run(name, func(t *testing.T) {
			k := worldtest.NewCluster(t)
			k.Apply(store.DeploymentType, worldtest.Scaled(2))
			k.Apply(store.AutoscalerType, worldtest.Autoscaled(3, 5))
			if _, err := k.Kube.With(c.terms).Update(store.DeploymentType, "default/web", c.manifest); err != nil {
				t.Fatal(err)
			}
			if got := replicas(k); got != c.want {
				t.Errorf("%d pods and not %d", got, c.want)
			}
			if got := worldtest.RuleOf(k.Update(store.DeploymentType, "default/web", worldtest.Scaled(5))); got != c.then {
				t.Errorf("another number afterwards: %v", got)
			}
		})
	}
}

// Kubernetes calls it transferring ownership: an only owner that leaves a field out removes it, and the default
// applies.
func TestAFieldThatOnlyTheProgramOwnedIsRemovedWithItsValue(t *testing.T) {
	without := worldtest.Scaled(4)
	delete(store.MapOf(without["spec"]), "replicas")
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Scaled(4))
	k.Apply(store.AutoscalerType, worldtest.Autoscaled(3, 5))
	k.Must(k.Update(store.DeploymentType, "default/web", without))
	if got := replicas(k); got != 3 {
		t.Errorf("the autoscaler set %d pods", got)
	}
	if got := k.World.FewestPods("dev", "default", "web"); got != 1 {
		t.Errorf("meanwhile there were %d pods, and the default is 1", got)
	}
}

func TestAnIgnoredFieldThatTheProgramOwnsKeepsItsValue(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Scaled(4))
	k.Apply(store.AutoscalerType, worldtest.Autoscaled(3, 5))
	if _, err := k.Kube.With(store.Terms{IgnoreChanges: []string{"spec.replicas"}}).Update(store.DeploymentType, "default/web", worldtest.Scaled(3)); err != nil {
		t.Fatal(err)
	}
	if got, fewest := replicas(k), k.World.FewestPods("dev", "default", "web"); got != 4 || fewest != 4 {
		t.Errorf("%d pods, %d at least, and not 4", got, fewest)
	}
}

func TestTheOwnersOfFieldsAreSavedWithTheAccount(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Scaled(2))
	k.Apply(store.AutoscalerType, worldtest.Autoscaled(3, 5))
	path := t.TempDir() + "/world.json"
	k.Must(errors.Join(k.World.Keep(path), k.World.Save()))
	loaded, err := world.Load(path, k.World.Options)
	if err != nil {
		t.Fatal(err)
	}
	if fields := kube.ManagedFields(loaded.Find("dev", store.DeploymentType, "default/web")); len(fields) != 1 || fields[0].Using != "apps/v1" {
		t.Errorf("loaded: %v", fields)
	}
}
