package iam

import (
	"strings"
	"time"

	"eksnet/rehearsal/world/store"
)

var (
	OIDCURL = store.NewRule("an OIDC provider's URL has the scheme https and no query",
		"creating IAM OIDC Provider: operation error IAM: CreateOpenIDConnectProvider, api error ValidationError: Invalid Open ID Connect Provider URL: %s",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html")
	OIDCUnique = store.NewRule("an account has at most one OIDC provider for a URL",
		"creating IAM OIDC Provider: operation error IAM: CreateOpenIDConnectProvider, api error EntityAlreadyExists: Provider with url %s already exists.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html")
	OIDCThumbprint = store.NewRule("an OIDC provider's thumbprints are forty hexadecimal digits",
		"expected length of thumbprint_list to be in the range (40 - 40), got %s",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html")
)

// OIDCProvider is an OIDC provider whose tokens IAM accepts.
type OIDCProvider struct {
	ARN         string   `json:"arn"`
	URL         string   `json:"url"` // in outputs without the scheme
	Audiences   []string `json:"clientIdLists"`
	Thumbprints []string `json:"thumbprintLists"`
}

// OIDCProviderOf returns the properties of an OIDC provider.
func OIDCProviderOf(o *store.Object) *OIDCProvider { return store.Decode[OIDCProvider](o) }

func oidcProviderKind() *store.Kind {
	return &store.Kind{
		Typ: store.OIDCType, Tagged: true, ForceNew: []string{"url"},
		Check: func(in store.Properties) []store.Failure {
			var failures []store.Failure
			for _, t := range store.Texts(in["thumbprintLists"]) {
				failures = append(failures, OIDCThumbprint.Failure(len(t) != 40, "thumbprintLists", t)...)
			}
			return failures
		},
		Create: createOIDC,
		Update: func(c *store.Call, o, _ *store.Object) error {
			showOIDC(o)
			return iamTagsFit(o, "updating tags for IAM OIDC Provider ("+o.ID+"): operation error IAM: TagOpenIDConnectProvider")
		},
		Creation: time.Second, Deletion: time.Second,
	}
}

func createOIDC(c *store.Call, o *store.Object) error {
	url := OIDCProviderOf(o).URL
	host, https := strings.CutPrefix(url, "https://")
	o.ID = c.GlobalARN("iam", "oidc-provider/"+host)
	err := store.First(
		OIDCURL.When(!https || host == "" || strings.ContainsAny(host, "?# "), url),
		OIDCUnique.When(c.Get(store.OIDCType, o.ID) != nil, url),
		iamTagsFit(o, "creating IAM OIDC Provider: operation error IAM: CreateOpenIDConnectProvider"))
	if err != nil {
		return err
	}
	showOIDC(o)
	return nil
}

func showOIDC(o *store.Object) {
	thumbprints := o.Inputs["thumbprintLists"]
	if thumbprints == nil {
		thumbprints = []any{"9e99a48a9960b14926bb7f3b02e22da2b0ab7280"}
	}
	o.Show(store.Properties{"arn": o.ID, "thumbprintLists": thumbprints, "url": strings.TrimPrefix(OIDCProviderOf(o).URL, "https://")})
}
