package rehearsed

import (
	"reflect"
	"testing"
)

const namesWorld = `{"region": "eu-north-1", "objects": [
	{"type": "aws:route53/zone:Zone", "id": "Z1", "owner": "operator", "outputs": {"name": "corp.example.com", "vpcs": [{"vpcId": "vpc-9"}]}},
	{"type": "aws:route53/zone:Zone", "id": "Z2", "outputs": {"name": "example.com.", "tags": {"Name": "names"}}},
	{"type": "aws:route53/zoneAssociation:ZoneAssociation", "id": "Z1:vpc-1", "inputs": {"zoneId": "Z1", "vpcId": "vpc-1"}},
	{"type": "aws:route53/record:Record", "id": "Z2_shop.example.com_A", "inputs": {"zoneId": "Z2", "name": "shop", "type": "A",
		"aliases": [{"name": "k8s-shop-1.elb.eu-north-1.amazonaws.com", "zoneId": "Z23", "evaluateTargetHealth": true}]}, "outputs": {"fqdn": "shop.example.com"}},
	{"type": "aws:route53/record:Record", "id": "Z2_example.com_TXT", "owner": "operator", "inputs": {"zoneId": "Z2", "type": "TXT", "ttl": 300, "records": ["v=spf1 -all"]}, "outputs": {"fqdn": "example.com"}},
	{"type": "aws:route53/record:Record", "id": "Z2_hand.example.com_A", "owner": "external-dns", "inputs": {"zoneId": "Z2", "type": "A"}, "outputs": {"fqdn": "hand.example.com"}},
	{"type": "kubernetes:networking.k8s.io/v1:Ingress", "id": "shop/shop-alb", "inputs": {"metadata": {"namespace": "shop", "name": "shop-alb"}},
		"outputs": {"status": {"loadBalancer": {"ingress": [{"hostname": "k8s-shop-1.elb.eu-north-1.amazonaws.com"}]}}}},
	{"type": "kubernetes:gateway.networking.k8s.io/v1:Gateway", "id": "web/web", "inputs": {"metadata": {"namespace": "web", "name": "web"}},
		"outputs": {"status": {"addresses": [{"value": "k8s-web-1.elb.eu-north-1.amazonaws.com"}]}}}]}`

func TestAStackHasTheZonesAndRecordsOfTheStackAndOfTheOperator(t *testing.T) {
	s, err := FromWorld([]byte(namesWorld))
	if err != nil {
		t.Fatal(err)
	}
	zones := []HostedZone{{ID: "Z1", Domain: "corp.example.com", VPCs: []string{"vpc-9"}, Associated: []string{"vpc-1"}, Tags: map[string]string{}},
		{ID: "Z2", Domain: "example.com", Own: true, Tags: map[string]string{"Name": "names"}}}
	if !reflect.DeepEqual(s.HostedZones, zones) || !zones[0].Private() || zones[1].Private() {
		t.Errorf("zones %+v", s.HostedZones)
	}
	records := []Record{{Zone: "Z2", Name: "example.com", Type: "TXT", Values: []string{"v=spf1 -all"}, TTL: 300},
		{Zone: "Z2", Name: "shop.example.com", Type: "A",
			Alias: &Alias{Host: "k8s-shop-1.elb.eu-north-1.amazonaws.com", Zone: "Z23", EvaluateHealth: true}}}
	if !reflect.DeepEqual(s.Records, records) {
		t.Errorf("records %+v", s.Records)
	}
}

func TestTheOwnerOfAHostIsTheObjectWithThatAddress(t *testing.T) {
	s, err := FromWorld([]byte(namesWorld))
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]Owner{
		"k8s-shop-1.elb.eu-north-1.amazonaws.com": {"Ingress", "shop", "shop-alb"},
		"k8s-web-1.elb.eu-north-1.amazonaws.com":  {"Gateway", "web", "web"},
		"k8s-none.elb.eu-north-1.amazonaws.com":   {},
	} {
		if got, found := s.World.OwnerOf(host); got != want || found != (want != Owner{}) {
			t.Errorf("%s belongs to %+v, %v", host, got, found)
		}
	}
}
