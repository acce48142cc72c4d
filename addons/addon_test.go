package addons

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/registered"
)

// EKS keeps the last configuration of an add-on that a request omits, so the default is written too.
func TestKubeProxyIsAlwaysConfiguredWithItsMode(t *testing.T) {
	for _, mode := range []string{config.ProxyIPTables, config.ProxyNFTables} {
		made := registered.By(t, nil, func(ctx *pulumi.Context) error {
			_, err := NewKubeProxy(ctx, "proxy", &KubeProxyArgs{Spec: config.KubeProxy{Mode: mode}, ClusterName: pulumi.String("dev")})
			return err
		})
		if got, want := made["Addon proxy"]["configurationValues"], `{"mode":"`+mode+`"}`; got != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}
