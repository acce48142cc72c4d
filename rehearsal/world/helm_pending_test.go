package world

import "testing"

const controllerRelease = "kube-system/" + controllerOwner

func TestAnInterruptedInstallIsUninstalledAndInstalledAgain(t *testing.T) {
	k := newCluster(t).controlled()
	k.world.InterruptRelease(controllerRelease)
	if o, err := k.kube.Read(releaseType, controllerRelease); err != nil || at(o.Outputs, "status.status") != "pending-install" {
		t.Fatalf("a refresh reads %v, %v", at(o.Outputs, "status"), err)
	}
	if err := k.create(releaseType, k.releaseInputs()); ruleOf(err) != releaseUnique {
		t.Errorf("another install: %v", err)
	}
	command := k.world.Unfinished(controllerRelease)
	if command != "helm uninstall aws-load-balancer-controller --namespace kube-system" {
		t.Fatalf("the command is %q", command)
	}
	if err := k.world.Run(command); err != nil {
		t.Fatal(err)
	}
	if err := k.create(releaseType, k.releaseInputs()); err != nil {
		t.Errorf("the install after it: %v", err)
	}
}

func TestAnInterruptedUpgradeIsRolledBackAndRepeated(t *testing.T) {
	k := newCluster(t).controlled()
	changed := edited(k.releaseInputs(), "values.replicaCount", 1.0)
	if _, err := k.kube.Update(releaseType, controllerRelease, changed); err != nil {
		t.Fatal(err)
	}
	k.world.InterruptRelease(controllerRelease)
	command := k.world.Unfinished(controllerRelease)
	if command != "helm rollback aws-load-balancer-controller --namespace kube-system" {
		t.Fatalf("the command is %q", command)
	}
	if err := k.world.Run(command); err != nil {
		t.Fatal(err)
	}
	o, err := k.kube.Read(releaseType, controllerRelease)
	if err != nil || at(o.Outputs, "status.status") != "deployed" || at(o.Outputs, "status.revision") != 3.0 || at(o.Inputs, "values.replicaCount") == 1.0 {
		t.Errorf("after the rollback %v with %v, %v", at(o.Outputs, "status"), at(o.Inputs, "values.replicaCount"), err)
	}
	if _, err := k.kube.Update(releaseType, controllerRelease, changed); err != nil {
		t.Errorf("the upgrade after it: %v", err)
	}
}
