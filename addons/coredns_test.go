package addons

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/registered"
)

// EKS keeps the last configuration of an add-on that a request omits, so the defaults are written too. With autoscaling
// EKS owns the number of pods.
func TestCoreDNSIsAlwaysConfiguredWithItsPods(t *testing.T) {
	for want, spec := range map[string]config.CoreDNS{
		`{"podDisruptionBudget":{"enabled":true,"maxUnavailable":1},"replicaCount":2}`: {Replicas: 2, MaxUnavailable: 1},
		`{"autoScaling":{"enabled":true,"maxReplicas":8,"minReplicas":2},"podDisruptionBudget":{"enabled":true,"maxUnavailable":1}}`: {
			Replicas: 2, MaxUnavailable: 1, Autoscale: &config.CoreDNSAutoscale{Min: 2, Max: 8}},
		`{"podDisruptionBudget":{"enabled":true,"maxUnavailable":2},"replicaCount":4,"topologySpreadConstraints":[{"labelSelector":{"matchLabels":{"k8s-app":"kube-dns"}},` +
			`"maxSkew":1,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"ScheduleAnyway"}]}`: {Replicas: 4, MaxUnavailable: 2, SpreadZones: true},
	} {
		made := registered.By(t, nil, func(ctx *pulumi.Context) error {
			_, err := NewCoreDNS(ctx, "dns", &CoreDNSArgs{Spec: spec, ClusterName: pulumi.String("dev")})
			return err
		})
		if got := made["Addon dns"]["configurationValues"]; got != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}

func TestMetricsServerHasItsReplicasAndVersion(t *testing.T) {
	made := registered.By(t, nil, func(ctx *pulumi.Context) error {
		spec := config.MetricsServer{Version: "v0.8.1-eksbuild.10", Replicas: 3}
		_, err := NewMetricsServer(ctx, "metrics", &MetricsServerArgs{Spec: spec, ClusterName: pulumi.String("dev")})
		return err
	})["Addon metrics"]
	if got := fmt.Sprint(made["addonName"], made["addonVersion"], made["configurationValues"]); got != `metrics-serverv0.8.1-eksbuild.10{"replicas":3}` {
		t.Error(got)
	}
}
