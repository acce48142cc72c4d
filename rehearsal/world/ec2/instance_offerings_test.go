package ec2_test

import (
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// use1-az3 has none of the newer instance types, and in this account it is us-east-1e.
func TestOfferingsAreReturnedByZone(t *testing.T) {
	client, err := world.New(store.Options{Verify: *worldtest.Verify, Account: worldtest.Account}).AWS(world.AWSConfig{Region: "us-east-1"})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(kind string, filters ...any) string {
		out, err := client.Invoke("aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings", store.Properties{"locationType": kind, "filters": filters})
		if err != nil {
			t.Fatal(err)
		}
		return iam.JSONText(out["instanceTypes"]) + iam.JSONText(out["locations"])
	}
	types := store.Properties{"name": "instance-type", "values": []any{"c5.large", "t2.micro", "c5.enormous"}}
	for _, test := range []struct{ got, want string }{
		{ask("availability-zone-id", types, store.Properties{"name": "location", "values": []any{"use1-az3", "use1-az1"}}),
			`["c5.large","t2.micro","t2.micro"]["use1-az1","use1-az1","use1-az3"]`},
		{ask("availability-zone", store.Properties{"name": "instance-type", "values": []any{"c5.large"}}),
			`["c5.large","c5.large","c5.large","c5.large","c5.large"]["us-east-1a","us-east-1b","us-east-1c","us-east-1d","us-east-1f"]`},
	} {
		if test.got != test.want {
			t.Errorf("got  %s\nwant %s", test.got, test.want)
		}
	}
}
