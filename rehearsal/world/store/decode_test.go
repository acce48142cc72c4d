package store_test

import (
	"testing"

	"eksnet/rehearsal/world/store"
)

type subnet struct {
	CIDR   store.Prefix      `json:"cidrBlock"`
	Public bool              `json:"mapPublicIpOnLaunch"`
	Tags   map[string]string `json:"tags"`
	Config struct {
		IDs  []string `json:"subnetIds"`
		Mode string   `json:"mode"`
	} `json:"config"`
	Free int `json:"free"`
}

func TestAnObjectIsDecodedFromItsOutputsOrElseItsInputsOrFacts(t *testing.T) {
	got := store.Decode[subnet](&store.Object{
		Facts:   store.Properties{"free": 3.0, "cidrBlock": "10.0.0.0/8"},
		Inputs:  store.Properties{"cidrBlock": "10.1.0.0/16", "tags": map[string]any{"a": "1"}, "config": map[string]any{"subnetIds": []any{"s-1"}, "mode": "x"}},
		Outputs: store.Properties{"cidrBlock": "10.2.0.0/16", "tags": map[string]any{"b": "2"}, "config": map[string]any{"mode": "y"}, "mapPublicIpOnLaunch": nil},
	})
	if got.CIDR.String() != "10.2.0.0/16" || got.Public || got.Free != 3 || len(got.Tags) != 1 || got.Tags["b"] != "2" ||
		len(got.Config.IDs) != 1 || got.Config.Mode != "y" {
		t.Errorf("%+v", got)
	}
}

func TestAPropertyOfAnotherTypeIsLeftOut(t *testing.T) {
	got := store.Decode[subnet](&store.Object{Inputs: store.Properties{"free": "many", "cidrBlock": "none", "mapPublicIpOnLaunch": true}})
	if got.Free != 0 || got.CIDR.IsValid() || !got.Public {
		t.Errorf("%+v", got)
	}
}

func TestAChangedObjectIsDecodedAgain(t *testing.T) {
	s := store.NewStore()
	o := &store.Object{Type: store.SubnetType, ID: "subnet-1", Outputs: store.Properties{"free": 1.0}}
	s.Put(o)
	if first := store.Decode[subnet](o); first.Free != 1 || store.Decode[subnet](o) != first {
		t.Errorf("%+v", first)
	}
	if o.Set("free", 2); store.Decode[subnet](o).Free != 2 {
		t.Error("the old value is returned")
	}
}
