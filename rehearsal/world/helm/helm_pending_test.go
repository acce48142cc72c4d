package helm_test

import (
	"testing"

	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

const controllerRelease = "kube-system/" + store.ControllerOwner

func TestAnInterruptedInstallIsUninstalledAndInstalledAgain(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.World.InterruptRelease(controllerRelease)
	if o, err := k.Kube.Read(store.ReleaseType, controllerRelease); err != nil || store.At(o.Outputs, "status.status") != "pending-install" {
		t.Fatalf("a refresh reads %v, %v", store.At(o.Outputs, "status"), err)
	}
	if err := k.Create(store.ReleaseType, k.ReleaseInputs()); worldtest.RuleOf(err) != helm.ReleaseUnique {
		t.Errorf("another install: %v", err)
	}
	command := k.World.Unfinished(controllerRelease)
	if command != "helm uninstall aws-load-balancer-controller --namespace kube-system" {
		t.Fatalf("the command is %q", command)
	}
	if err := k.World.Run(command); err != nil {
		t.Fatal(err)
	}
	if err := k.Create(store.ReleaseType, k.ReleaseInputs()); err != nil {
		t.Errorf("the install after it: %v", err)
	}
}

func TestAnInterruptedUpgradeIsRolledBackAndRepeated(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	changed := worldtest.Edited(k.ReleaseInputs(), "values.replicaCount", 1.0)
	if _, err := k.Kube.Update(store.ReleaseType, controllerRelease, changed); err != nil {
		t.Fatal(err)
	}
	k.World.InterruptRelease(controllerRelease)
	command := k.World.Unfinished(controllerRelease)
	if command != "helm rollback aws-load-balancer-controller --namespace kube-system" {
		t.Fatalf("the command is %q", command)
	}
	if err := k.World.Run(command); err != nil {
		t.Fatal(err)
	}
	o, err := k.Kube.Read(store.ReleaseType, controllerRelease)
	if err != nil || store.At(o.Outputs, "status.status") != "deployed" || store.At(o.Outputs, "status.revision") != 3.0 || store.At(o.Inputs, "values.replicaCount") == 1.0 {
		t.Errorf("after the rollback %v with %v, %v", store.At(o.Outputs, "status"), store.At(o.Inputs, "values.replicaCount"), err)
	}
	if _, err := k.Kube.Update(store.ReleaseType, controllerRelease, changed); err != nil {
		t.Errorf("the upgrade after it: %v", err)
	}
}
