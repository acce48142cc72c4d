package cluster

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"eksnet/config"
)

// existingControlPlane returns a control plane with the outputs of an existing cluster.
func existingControlPlane(caller Caller, proxy string) *ControlPlane {
	return &ControlPlane{
		Name: outputString("dev"), ARN: outputString("arn:aws:eks:eu-west-1:111122223333:cluster/dev"), Endpoint: outputString("https://dev.example"), Authority: outputString("Q0E="),
		spec: config.Cluster{Endpoint: &config.Endpoint{Private: true, Proxy: proxy}}, caller: caller,
	}
}

func awaitString(t *testing.T, output pulumi.Output) string {
	t.Helper()
	result, err := internals.UnsafeAwaitOutput(context.Background(), output)
	if err != nil {
		t.Fatal(err)
	}
	return result.Value.(string)
}

// kubeconfigOf returns the cluster entry and the exec command of a kubeconfig.
func kubeconfigOf(t *testing.T, c *ControlPlane) (cluster, exec map[string]any) {
	t.Helper()
	var config struct {
		Clusters []struct{ Cluster map[string]any }
		Users    []struct {
			User struct{ Exec map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(awaitString(t, c.Kubeconfig())), &config); err != nil {
		t.Fatal(err)
	}
	return config.Clusters[0].Cluster, config.Users[0].User.Exec
}

func TestKubectlUsesTheSameCallerAsTheProvider(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/deployer"
	_, exec := kubeconfigOf(t, existingControlPlane(Caller{Region: "eu-west-1", Profile: "work", Role: role}, ""))
	var args []string
	for _, arg := range exec["args"].([]any) {
		args = append(args, arg.(string))
	}
	if line := strings.Join(args, " "); !strings.Contains(line, "--region eu-west-1 eks get-token --cluster-name dev") || !strings.Contains(line, "--role-arn "+role) {
		t.Errorf("kubectl calls aws %s", line)
	}
	if env, _ := json.Marshal(exec["env"]); string(env) != `[{"name":"AWS_PROFILE","value":"work"}]` {
		t.Errorf("kubectl calls aws with %s", env)
	}
}

func TestWithoutProfileAndRoleKubectlUsesTheCredentialsOfItsEnvironment(t *testing.T) {
	cluster, exec := kubeconfigOf(t, existingControlPlane(Caller{Region: "eu-west-1"}, ""))
	if _, set := exec["env"]; set || slices.Contains(exec["args"].([]any), any("--role-arn")) {
		t.Errorf("the exec command names a caller: %v", exec)
	}
	if _, set := cluster["proxy-url"]; set {
		t.Errorf("a proxy that the stack file does not set: %v", cluster)
	}
}

func TestKubectlReachesThePrivateAPIThroughTheProxyOfTheStackFile(t *testing.T) {
	if cluster, _ := kubeconfigOf(t, existingControlPlane(Caller{}, "http://localhost:8888")); cluster["proxy-url"] != "http://localhost:8888" {
		t.Errorf("the cluster's entry is %v", cluster)
	}
}

func TestTheUpdateKubeconfigCommandNamesCallerAndProxy(t *testing.T) {
	for want, c := range map[string]*ControlPlane{
		"aws eks update-kubeconfig --region eu-west-1 --name dev":                                                                                                                  existingControlPlane(Caller{Region: "eu-west-1"}, ""),
		"aws eks update-kubeconfig --region eu-west-1 --profile work --name dev":                                                                                                   existingControlPlane(Caller{Region: "eu-west-1", Profile: "work"}, ""),
		"aws eks update-kubeconfig --region eu-west-1 --role-arn R --assume-role-arn R --name dev":                                                                                 existingControlPlane(Caller{Region: "eu-west-1", Role: "R"}, ""),
		"aws eks update-kubeconfig --region eu-west-1 --name dev && kubectl config set-cluster arn:aws:eks:eu-west-1:111122223333:cluster/dev --proxy-url=socks5://localhost:1080": existingControlPlane(Caller{Region: "eu-west-1"}, "socks5://localhost:1080"),
	} {
		if got := awaitString(t, c.UpdateKubeconfig()); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// The eks component polls a public endpoint itself, for up to six minutes if it cannot reach it.
func TestTheEKSComponentHasNoEndpointToPoll(t *testing.T) {
	for _, endpoint := range []config.Endpoint{{Public: true}, {Public: true, Private: true, Proxy: "socks5://localhost:1080"}, {Private: true}} {
		args := (&ControlPlane{}).clusterArgs(&ControlPlaneArgs{Spec: config.Cluster{Endpoint: &endpoint}})
		if (args.EndpointPublicAccess == nil) != endpoint.Public {
			t.Errorf("%+v: endpointPublicAccess is %v", endpoint, args.EndpointPublicAccess)
		}
	}
}
