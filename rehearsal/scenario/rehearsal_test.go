package scenario

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// An up that is refused before its first call leaves stack and provider in the state, and no account.
func TestAStateOfComponentsAndProvidersNeedsNoAccount(t *testing.T) {
	custom := func(typ string) apitype.ResourceV3 { return apitype.ResourceV3{Type: tokens.Type(typ), Custom: true} }
	refused := []apitype.ResourceV3{{Type: "pulumi:pulumi:Stack"}, custom("pulumi:providers:aws"), {Type: "eksnet:network:VPC"}}
	if n := inAccount(refused); n != 0 {
		t.Errorf("%d resources in the account", n)
	}
	if n := inAccount(append(refused, custom("aws:ec2/vpc:Vpc"))); n != 1 {
		t.Errorf("%d resources in the account", n)
	}
}
