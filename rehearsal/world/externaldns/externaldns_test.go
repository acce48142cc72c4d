package externaldns_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/internal/awsdata"
	"eksnet/internal/charts"
	"eksnet/rehearsal/world/externaldns"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/podclient"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func named(t *testing.T) *worldtest.KubeLab {
	t.Helper()
	return worldtest.NewCluster(t).Controlled().Named(nil)
}

func want(t *testing.T, k *worldtest.KubeLab, when string, records ...string) {
	t.Helper()
	slices.Sort(records)
	if got := k.Records(); !slices.Equal(got, records) {
		t.Errorf("%s the records are\n%s\nwant\n%s", when, strings.Join(got, "\n"), strings.Join(records, "\n"))
	}
}

var recordsOfWeb = []string{"A web.example.com", "AAAA web.example.com", "TXT external-dns-cname.web.example.com", "TXT external-dns-aaaa.web.example.com"}

func TestANameHasRecordsWhileItsServiceExists(t *testing.T) {
	k := named(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NamedNLB("web.example.com"))
	want(t, k, "after the Service was created", recordsOfWeb...)
	txt := route53.RecordOf(route53.FindRecord(k.World.Account, worldtest.ZoneID, "external-dns-cname.web.example.com", "TXT"))
	if txt.Values[0] != `"heritage=external-dns,external-dns/owner=dev.ap-northeast-2,external-dns/resource=service/default/web"` {
		t.Errorf("the TXT record is %v", txt.Values)
	}
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NamedNLB("shop.example.com,*.example.com")))
	want(t, k, "after its names changed", "A shop.example.com", "AAAA shop.example.com", "TXT external-dns-cname.shop.example.com", "TXT external-dns-aaaa.shop.example.com",
		"A *.example.com", "AAAA *.example.com", "TXT external-dns-cname.any.example.com", "TXT external-dns-aaaa.any.example.com")
	k.Remove(store.ServiceType, "default/web")
	want(t, k, "after the Service was deleted")
}

func TestTheHostsOfAnIngressAreNames(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil).Named(nil)
	ingress := worldtest.Edited(worldtest.Ingress("web", nil), "spec.rules", []any{map[string]any{"host": "web.example.com", "http": map[string]any{"paths": []any{
		map[string]any{"path": "/", "pathType": "Prefix", "backend": map[string]any{"service": map[string]any{"name": "web", "port": map[string]any{"number": 80.0}}}}}}}})
	k.Apply(store.IngressType, ingress)
	want(t, k, "after the Ingress was created", recordsOfWeb...)
	worldtest.With(ingress, "metadata.annotations", map[string]any{awsdata.ExternalDNSController: "eksnet"})
	k.Must(k.Update(store.IngressType, "default/web", ingress))
	want(t, k, "after the Ingress was left to another controller")
}

func TestRecordsOfOthersStay(t *testing.T) {
	k := named(t)
	k.Must(k.World.HoldRecord(worldtest.ZoneID, "web.example.com", "A", "192.0.2.1"))
	k.Must(k.World.HoldRecord(worldtest.ZoneID, "external-dns-cname.old.example.com", "TXT", `"heritage=external-dns,external-dns/owner=dev.ap-northeast-1,external-dns/resource=service/a/b"`))
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NamedNLB("web.example.com"))
	held := route53.RecordOf(route53.FindRecord(k.World.Account, worldtest.ZoneID, "web.example.com", "A"))
	if len(held.Values) != 1 || held.Values[0] != "192.0.2.1" {
		t.Errorf("the record of the operator is %+v", held)
	}
	k.Remove(store.ServiceType, "default/web")
	want(t, k, "after the Service was deleted", "A web.example.com", "TXT external-dns-cname.old.example.com")
}

func TestNamesOutsideOfTheZonesHaveNoRecords(t *testing.T) {
	k := named(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NamedNLB("web.example.org"))
	want(t, k, "for a name in another domain")
}

func TestRecordsRemainWithoutExternalDNSAndTheZoneWithThem(t *testing.T) {
	k := named(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NamedNLB("web.example.com"))
	k.Remove(store.ReleaseType, worldtest.ExternalDNSRelease)
	k.Remove(store.ServiceType, "default/web")
	want(t, k, "after ExternalDNS and the Service were deleted", recordsOfWeb...)
	var left []string
	for _, l := range worldtest.OrphansOf(k.World, store.RecordType) {
		left = append(left, l.Name)
		if !strings.Contains(l.Reason, "ExternalDNS") {
			t.Errorf("%s remains because: %s", l.Name, l.Reason)
		}
		k.Must(k.World.Run(l.Remove))
	}
	if len(left) != 4 {
		t.Errorf("leftovers are %v", left)
	}
	want(t, k, "after the commands")
}

func TestTheLastStepEndsAfterTheLastRecord(t *testing.T) {
	k := named(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NamedNLB("web.example.com"))
	err := k.Kube.Delete(store.ReleaseType, worldtest.TeardownRelease)
	for _, rule := range []store.Rule{helm.HookSucceeds, externaldns.RecordsGone} {
		worldtest.Refused(t, err, rule)
	}
	for _, word := range []string{"job external-dns-teardown failed", "after 300 seconds", worldtest.ZoneID + ": external-dns-cname.web.example.com", "web.example.com of service/default/web"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not in the error: %v", word, err)
		}
	}
	if k.World.Find("dev", store.ReleaseType, worldtest.TeardownRelease) == nil {
		t.Error("the release is gone although its hook failed")
	}
	k.Remove(store.ServiceType, "default/web")
	k.Remove(store.ReleaseType, worldtest.TeardownRelease)
	k.Remove(store.ReleaseType, worldtest.ExternalDNSRelease)
	want(t, k, "at the end")
}

// Pulumi compares the inputs that the provider returns with those of the last up.
func TestTheInputsOfAReleaseOfTheStacksOwnChartHaveItsVersion(t *testing.T) {
	k := named(t)
	inputs, failures, err := k.Kube.Check(store.ReleaseType, "teardown", nil, worldtest.TeardownInputs())
	if version := charts.Get(charts.ExternalDNSTeardown).Version; err != nil || len(failures) > 0 || inputs["version"] != version {
		t.Errorf("%v %v: the version is %v, want %s", err, failures, inputs["version"], version)
	}
}

func TestALastStepThatCannotListRecordsIsDeletedByItsCommand(t *testing.T) {
	k := named(t)
	if left := worldtest.OrphansOf(k.World, store.ReleaseType); len(left) > 0 {
		t.Fatalf("before, leftovers are %v", left)
	}
	k.Must(k.Delete(store.AttachmentType, "external-dns-teardown-attachment"))
	worldtest.Refused(t, k.Kube.Delete(store.ReleaseType, worldtest.TeardownRelease), externaldns.RecordsListed)
	left := worldtest.OrphansOf(k.World, store.ReleaseType)
	if len(left) != 1 {
		t.Fatalf("leftovers are %v", left)
	}
	held := left[0]
	const command = "helm uninstall external-dns-teardown --namespace external-dns --no-hooks"
	if held.Remove != command || !strings.Contains(held.Reason, "its Job external-dns-teardown, which fails") || !strings.Contains(held.Reason, "route53:ListResourceRecordSets") {
		t.Errorf("the leftover is %+v", held)
	}
	k.Must(k.World.Run(command))
	if k.World.Find("dev", store.ReleaseType, worldtest.TeardownRelease) != nil {
		t.Error("the release remains after its command")
	}
}

func TestANameOfTheStackIsNotChanged(t *testing.T) {
	k := named(t)
	k.Must(k.Change(store.PolicyType, k.IDs["external-dns-policy"], store.Properties{"policy": `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": ["route53:ListHostedZones", "route53:ListResourceRecordSets"], "Resource": "*"},
		{"Effect": "Allow", "Action": "route53:ChangeResourceRecordSets", "Resource": "*",
			"Condition": {"ForAllValues:StringNotEquals": {"route53:ChangeResourceRecordSetsNormalizedRecordNames": ["web.example.com"]}}}]}`}))
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NamedNLB("web.example.com,other.example.com"))
	want(t, k, "with a policy that excludes a name", "A other.example.com", "AAAA other.example.com", "TXT external-dns-cname.other.example.com", "TXT external-dns-aaaa.other.example.com")
	k.Remove(store.ServiceType, "default/web")
	want(t, k, "after the Service was deleted")
}

func TestAPolicyThatIsAttachedLaterIsUsed(t *testing.T) {
	k := named(t)
	k.Must(k.Delete(store.AttachmentType, "external-dns-attachment"))
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NamedNLB("web.example.com"))
	want(t, k, "without the policy")
	k.Make("again", store.AttachmentType, store.Properties{"role": "external-dns", "policyArn": k.IDs["external-dns-policy"]})
	want(t, k, "with the policy", recordsOfWeb...)
	k.Must(k.Delete(store.AttachmentType, "again"))
	k.Remove(store.ServiceType, "default/web")
	worldtest.Refused(t, k.Kube.Delete(store.ReleaseType, worldtest.TeardownRelease), podclient.ProgramAllowed)
}
