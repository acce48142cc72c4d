package cluster

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/account"
	"eksnet/lab/build"
	"eksnet/lab/labtest"
	"eksnet/lab/rehearsed"
)

func TestAPodOfAJobEndsWithItsCommand(t *testing.T) {
	controlled := true
	pod := testPod("wait", "a")
	pod.OwnerReferences = []metav1.OwnerReference{{Kind: "ReplicaSet", Controller: &controlled}}
	if isJobPod(&pod) {
		t.Error("the pod of a Deployment is one of a Job")
	}
	pod.OwnerReferences[0].Kind = "Job"
	pod.Spec.Containers = []corev1.Container{{Name: "wait"}}
	setRunning(&pod, "10.0.0.1", "10.0.0.5")
	if !isJobPod(&pod) {
		t.Error("the pod of a Job is not one")
	}
	for code, want := range map[int32]corev1.PodPhase{0: corev1.PodSucceeded, 1: corev1.PodFailed} {
		status := endedStatus(&pod, &corev1.ContainerStateTerminated{ExitCode: code, Message: "text"})
		if status.Phase != want || status.ContainerStatuses[0].State.Terminated.ExitCode != code || pod.Status.Phase != corev1.PodRunning {
			t.Errorf("exit code %d: %+v", code, status)
		}
	}
	if got := lastMessage(strings.Repeat("x", 3000) + "end\n"); len(got) != mostMessage || !strings.HasSuffix(got, "xend") {
		t.Errorf("a message of %d bytes", len(got))
	}
}

// The command aws of Jobs must have the output of the AWS CLI for the calls of the last step of ExternalDNS
// (addons/charts/external-dns-teardown/wait.sh).
func TestTheCommandAWSListsRecordsAsText(t *testing.T) {
	endpoint := labtest.StartMoto(t, "111122223333")
	built, err := filepath.Glob("../../.lab/moto-*/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	txt := func(name, value string) rehearsed.Record {
		return rehearsed.Record{Zone: "Z0123456789ABCDEFGHIJ", Name: name, Type: "TXT", TTL: 300, Values: []string{value}}
	}
	a, err := account.Create(t.Context(), endpoint, &rehearsed.Stack{Region: "eu-north-1",
		HostedZones: []rehearsed.HostedZone{{ID: "Z0123456789ABCDEFGHIJ", Domain: "example.com"}},
		Records:     []rehearsed.Record{txt("a.example.com", "mine"), txt("b.example.com", "mine"), txt("c.example.com", "other")}})
	if err != nil {
		t.Fatal(err)
	}
	l := &Lab{Options: Options{Dir: t.TempDir(), AWSPort: 1, Tools: &build.Tools{Python: built[0], Moto: "../moto/serve.py"}}}
	bin, err := l.writeAWSCommand()
	if err != nil {
		t.Fatal(err)
	}
	call := func(zone, value string) (string, error) {
		command := exec.CommandContext(context.Background(), filepath.Join(bin, "aws"), "route53", "list-resource-record-sets", "--hosted-zone-id", zone,
			"--output", "text", "--query", "ResourceRecordSets[?Type=='TXT' && contains(ResourceRecords[0].Value, '"+value+"')].Name")
		command.Env = append(os.Environ(), "AWS_ENDPOINT_URL="+endpoint, "AWS_REGION=eu-north-1", "AWS_ACCESS_KEY_ID="+a.Administrator.AccessKeyID,
			"AWS_SECRET_ACCESS_KEY="+a.Administrator.SecretAccessKey)
		output, err := command.CombinedOutput()
		return string(output), err
	}
	for value, want := range map[string]string{"mine": "a.example.com.\tb.example.com.\n", "other": "c.example.com.\n", "none": ""} {
		if got, err := call("Z0123456789ABCDEFGHIJ", value); got != want || err != nil {
			t.Errorf("%s: %q, %v, want %q", value, got, err, want)
		}
	}
	if got, err := call("ZNONE", "mine"); err == nil || !strings.Contains(got, "NoSuchHostedZone") {
		t.Errorf("a zone that does not exist: %q, %v", got, err)
	}
}
