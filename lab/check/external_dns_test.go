package check

import (
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/rehearsed"
)

// namedStack returns a stack with a public and a private zone, a Service and an Ingress.
func namedStack() *rehearsed.Stack {
	service := newObject("v1", "Service", "shop", "shop-nlb", map[string]string{serviceAnnotation + "scheme": "internal", serviceAnnotation + "name": "shop",
		"pulumi.com/skipAwait": "true", "external-dns.alpha.kubernetes.io/controller": "none"})
	service.Object["spec"] = map[string]any{"type": "LoadBalancer", "loadBalancerClass": "service.k8s.aws/nlb"}
	ingress := newObject("networking.k8s.io/v1", "Ingress", "web", "web-alb", map[string]string{"alb.ingress.kubernetes.io/group.name": "web", "alb.ingress.kubernetes.io/scheme": "internal"})
	ingress.Object["spec"] = map[string]any{"rules": []any{map[string]any{"host": "www.example.com"}, map[string]any{"host": "example.com"}}}
	return &rehearsed.Stack{Partition: "aws", Account: "111122223333", Region: "eu-north-1", Cluster: rehearsed.Cluster{Name: "dev"},
		Identity: rehearsed.Identity{Provider: rehearsed.Provider{ARN: "arn:aws:iam::111122223333:oidc-provider/oidc.example.com", URL: "oidc.example.com"}},
		HostedZones: []rehearsed.HostedZone{{ID: "Z1", Domain: "example.com"}, {ID: "Z2", Domain: "example.com", VPCs: []string{"vpc-1"}},
			{ID: "Z3", Domain: "apps.example.com"}, {ID: "Z4", Domain: "example.org"}},
		Objects: []*unstructured.Unstructured{newObject("v1", "Namespace", "", "shop", nil), service, ingress}}
}

func TestExternalDNSWritesToAllPrivateZonesAndOnePublicZone(t *testing.T) {
	for host, want := range map[string]string{"www.example.com": "Z2 Z1", "web.apps.example.com": "Z2 Z3", "example.org": "Z4", "notexample.com": ""} {
		if got := strings.Join(zonesFor(namedStack().HostedZones, host), " "); got != want {
			t.Errorf("%s: zones %q, want %q", host, got, want)
		}
	}
}

func TestRecordsAreDescribedByTargetAndOwner(t *testing.T) {
	txt := func(owner string) rehearsed.Record {
		return rehearsed.Record{Zone: "Z1", Name: "external-dns-a.www.example.com", Type: "TXT",
			Values: []string{`"heritage=external-dns,external-dns/owner=` + owner + `,external-dns/resource=service/web/web"`}}
	}
	got := describeNames([]rehearsed.Record{txt("dev.eu-north-1"), txt("dev"), {Zone: "Z1", Name: "www.example.com", Type: "A", Alias: &rehearsed.Alias{Host: "web-1"}},
		{Zone: "Z1", Name: "mail.example.com", Type: "A", Values: []string{"192.0.2.1"}}}, "dev.eu-north-1")
	if !slices.Equal(got, []string{"Z1 TXT of service/web/web", "Z1 www.example.com A to web-1"}) {
		t.Errorf("%q", got)
	}
}

func TestObjectsByHandAreCopiesWithoutWhatTheStackAloneHas(t *testing.T) {
	objects := handmade(namedStack())
	if len(objects) != 2 {
		t.Fatalf("%d objects", len(objects))
	}
	for i, want := range []map[string]string{
		{hostnameAnnotation: "service-by-hand.example.com", serviceAnnotation + "scheme": "internal"},
		{hostnameAnnotation: "ingress-by-hand.example.com", "alb.ingress.kubernetes.io/scheme": "internal"},
	} {
		got := objects[i].GetAnnotations()
		for key, value := range want {
			if got[key] != value || len(got) != len(want) {
				t.Errorf("%s has %v", objectTitle(objects[i].Unstructured), got)
			}
		}
	}
	rules, _, _ := unstructured.NestedSlice(objects[1].Object, "spec", "rules")
	if len(rules) != 1 || field(rules[0], "host") != "ingress-by-hand.example.com" {
		t.Errorf("rules %v", rules)
	}
}

func TestAStackWithoutExternalDNSGetsItWithRightsInItsZones(t *testing.T) {
	s := namedStack()
	changed, err := withExternalDNS(s)
	if err != nil || externalDNSRelease(s) != nil || !NeedsExternalDNS(s, true) || NeedsExternalDNS(s, false) || !NeedsExternalDNS(changed, false) {
		t.Fatalf("error %v, release %v", err, externalDNSRelease(s))
	}
	release := externalDNSRelease(changed)
	if release.Place != len(changed.Objects) || ownerOf(changed) != "dev.eu-north-1" || release.Values["policy"] != "sync" {
		t.Errorf("release %+v", release)
	}
	_, policy, err := policyOf(changed, rehearsed.ExternalDNS)
	if err != nil {
		t.Fatal(err)
	}
	if actions, err := actionsOf(policy.Document); err != nil ||
		!slices.Equal(actions, []string{"route53:ChangeResourceRecordSets", "route53:ListHostedZones", "route53:ListResourceRecordSets"}) {
		t.Errorf("actions %v, %v", actions, err)
	}
	if !strings.Contains(policy.Document, "arn:aws:route53:::hostedzone/Z4") {
		t.Errorf("policy %s", policy.Document)
	}
	if again, _ := withExternalDNS(changed); len(again.OtherReleases) != 1 {
		t.Error("a stack with ExternalDNS gets it again")
	}
}

func TestAnActionIsRemovedWithItsConditions(t *testing.T) {
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["a:List"],"Resource":["*"]},{"Effect":"Allow","Action":["a:Get","a:Change"],"Resource":["arn:1"],"Condition":{"StringEquals":{"k":["v"]}}}]}`
	got, err := withoutAction(policy, "a:Change")
	if err != nil || !strings.Contains(got, `"Action":["a:Get"]`) || !strings.Contains(got, `"Condition"`) || !strings.Contains(got, "a:List") {
		t.Errorf("%s, %v", got, err)
	}
	if got, err = withoutAction(policy, "a:List"); err != nil || strings.Contains(got, "a:List") || strings.Count(got, "Effect") != 1 {
		t.Errorf("%s, %v", got, err)
	}
}

func TestReleasesStayAtTheirObjectsWithoutLoadBalancers(t *testing.T) {
	s := namedStack()
	s.Release.Place = 1
	s.OtherReleases = []rehearsed.Release{{Name: "first", Place: 2}, {Name: "last", Place: 3}}
	changed, err := withoutBalanced(s)
	if err != nil {
		t.Fatal(err)
	}
	if len(changed.Objects) != 1 || changed.Release.Place != 1 || changed.OtherReleases[0].Place != 1 || changed.OtherReleases[1].Place != 1 || s.OtherReleases[1].Place != 3 {
		t.Errorf("%d objects, releases at %d and %+v", len(changed.Objects), changed.Release.Place, changed.OtherReleases)
	}
}
