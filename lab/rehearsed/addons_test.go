package rehearsed

import (
	"slices"
	"testing"
)

func TestTheConfigurationOfTheCNIIsThatOfItsAddon(t *testing.T) {
	addon := func(name, values string) *Object {
		return &Object{Type: "aws:eks/addon:Addon", ID: name, Outputs: map[string]any{"addonName": name, "configurationValues": values}}
	}
	s := &Stack{World: &World{Objects: []*Object{addon("coredns", `{"env":{"NOT":"1"}}`),
		addon("vpc-cni", `{"env":{"WARM_PREFIX_TARGET":"1","AWS_VPC_K8S_CNI_EXTERNALSNAT":"true"}}`)}}}
	want := []string{"AWS_VPC_K8S_CNI_EXTERNALSNAT=true", "WARM_PREFIX_TARGET=1"}
	if got, err := s.CNI(); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v (%v), want %v", got, err, want)
	}
	s.World.Objects[1] = addon("vpc-cni", "")
	if got, err := s.CNI(); err != nil || len(got) > 0 {
		t.Errorf("%v (%v), want nothing", got, err)
	}
	s.World.Objects[1] = addon("vpc-cni", "{")
	if _, err := s.CNI(); err == nil {
		t.Error("configuration that is not JSON is accepted")
	}
}

func TestTheCNIOfAnIPv6ClusterHasTheVariablesOfEKS(t *testing.T) {
	s := &Stack{Cluster: Cluster{IPv6: true}, World: &World{Objects: []*Object{{Type: "aws:eks/addon:Addon", Outputs: map[string]any{
		"addonName": "vpc-cni", "configurationValues": `{"env":{"ENABLE_V4_EGRESS":"false"}}`}}}}}
	want := []string{"ENABLE_IPv4=false", "ENABLE_IPv6=true", "ENABLE_PREFIX_DELEGATION=true", "ENABLE_V4_EGRESS=false"}
	if got, err := s.CNI(); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v (%v), want %v", got, err, want)
	}
}

func TestTheModeOfKubeProxyIsThatOfItsAddon(t *testing.T) {
	for values, want := range map[string]string{`{"mode":"nftables"}`: "nftables", "": ""} {
		s := &Stack{World: &World{Objects: []*Object{
			{Type: "aws:eks/addon:Addon", Outputs: map[string]any{"addonName": "vpc-cni", "configurationValues": `{"mode":"other"}`}},
			{Type: "aws:eks/addon:Addon", Outputs: map[string]any{"addonName": "kube-proxy", "configurationValues": values}}}}}
		if got, err := s.ProxyMode(); err != nil || got != want {
			t.Errorf("%q (%v), want %q", got, err, want)
		}
	}
}

func TestTheControlPlanesNetworkInterfacesAreThoseThatEKSManages(t *testing.T) {
	of := func(id string, managed bool) *Object {
		return &Object{Type: NetworkInterface, ID: id, Owner: "eks", Outputs: map[string]any{"requesterManaged": managed, "privateIp": "10.0.0.4", "subnetId": "subnet-1"}}
	}
	s := &Stack{World: &World{Objects: []*Object{of("eni-1", false), of("eni-3", true), of("eni-2", true)}}}
	all := s.ControlPlaneInterfaces()
	if len(all) != 2 || all[0].ID != "eni-2" || all[0].PrivateIP != "10.0.0.4" || all[0].Subnet != "subnet-1" {
		t.Errorf("%+v", all)
	}
}
