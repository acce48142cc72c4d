package cluster

import (
	"reflect"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
)

func TestOnlyAClusterWithPodIdentityHasItsTag(t *testing.T) {
	for identity, want := range map[string]pulumi.StringMapInput{
		config.IRSA: nil, config.PodIdentity: pulumi.StringMap{"eksnet/identity": pulumi.String("podIdentity")},
	} {
		spec := config.Cluster{Identity: identity, Endpoint: &config.Endpoint{Private: true}}
		if got := (&ControlPlane{}).clusterArgs(&ControlPlaneArgs{Spec: spec}).ClusterTags; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v", identity, got)
		}
	}
}

// EKS refuses a range of Services for an IPv6 cluster, and the family of an IPv4 cluster is not set, so that clusters
// that exist do not change.
func TestOnlyAnIPv6ClusterHasAFamilyAndOnlyAnIPv4ClusterARangeOfServices(t *testing.T) {
	spec := config.Cluster{ServiceCIDR: "172.20.0.0/16", Endpoint: &config.Endpoint{Private: true}}
	ipv4 := (&ControlPlane{}).clusterArgs(&ControlPlaneArgs{Spec: spec})
	if ipv4.IpFamily != nil || ipv4.KubernetesServiceIpAddressRange != pulumi.String("172.20.0.0/16") {
		t.Errorf("IPv4: family %v, Services %v", ipv4.IpFamily, ipv4.KubernetesServiceIpAddressRange)
	}
	spec.ServiceCIDR = ""
	ipv6 := (&ControlPlane{}).clusterArgs(&ControlPlaneArgs{Spec: spec, IPv6: true})
	if ipv6.IpFamily != pulumi.String("ipv6") || ipv6.KubernetesServiceIpAddressRange != nil {
		t.Errorf("IPv6: family %v, Services %v", ipv6.IpFamily, ipv6.KubernetesServiceIpAddressRange)
	}
}
