package world

import (
	"strings"
	"time"
)

const oidcType = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"

var (
	oidcURL = rule("an OIDC provider's URL has the scheme https and no query",
		"creating IAM OIDC Provider: operation error IAM: CreateOpenIDConnectProvider, api error ValidationError: Invalid Open ID Connect Provider URL: %s",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html")
	oidcUnique = rule("an account has at most one OIDC provider for a URL",
		"creating IAM OIDC Provider: operation error IAM: CreateOpenIDConnectProvider, api error EntityAlreadyExists: Provider with url %s already exists.",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html")
	oidcThumbprint = rule("an OIDC provider's thumbprints are forty hexadecimal digits",
		"expected length of thumbprint_list to be in the range (40 - 40), got %s",
		"https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html")
)

func oidcKinds() []*kind {
	return []*kind{{
		typ: oidcType, tagged: true, forceNew: []string{"url"},
		check: func(in Properties) []Failure {
			var failures []Failure
			for _, t := range texts(in["thumbprintLists"]) {
				failures = append(failures, oidcThumbprint.failure(len(t) != 40, "thumbprintLists", t)...)
			}
			return failures
		},
		create: createOIDC,
		update: func(c *call, o, _ *Object) error {
			showOIDC(o)
			return iamTagsFit(o, "updating tags for IAM OIDC Provider ("+o.ID+"): operation error IAM: TagOpenIDConnectProvider")
		},
		creation: time.Second, deletion: time.Second,
	}}
}

func createOIDC(c *call, o *Object) error {
	url := o.text("url")
	host, https := strings.CutPrefix(url, "https://")
	o.ID = c.globalARN("iam", "oidc-provider/"+host)
	err := first(
		oidcURL.when(!https || host == "" || strings.ContainsAny(host, "?# "), url),
		oidcUnique.when(c.get(oidcType, o.ID) != nil, url),
		iamTagsFit(o, "creating IAM OIDC Provider: operation error IAM: CreateOpenIDConnectProvider"))
	if err != nil {
		return err
	}
	showOIDC(o)
	return nil
}

func showOIDC(o *Object) {
	thumbprints := o.Inputs["thumbprintLists"]
	if thumbprints == nil {
		thumbprints = []any{"9e99a48a9960b14926bb7f3b02e22da2b0ab7280"}
	}
	o.show(Properties{"arn": o.ID, "thumbprintLists": thumbprints, "url": strings.TrimPrefix(o.text("url"), "https://")})
}

// providerOf returns the OIDC provider of an issuer's URL, nil if there is none.
func (w *World) providerOf(issuer string) *Object {
	return w.get(oidcType, w.globalARN("iam", "oidc-provider/"+strings.TrimPrefix(issuer, "https://")))
}
