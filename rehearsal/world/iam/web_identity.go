package iam

import (
	"slices"
	"strings"

	"eksnet/rehearsal/world/store"
)

var (
	WebIdentityProvider = store.NewRule("a service account's token is accepted only while the cluster's OIDC provider exists in IAM",
		"WebIdentityErr: failed to retrieve credentials: InvalidIdentityToken: No OpenIDConnect provider found in your account for %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html")
	WebIdentityTrust = store.NewRule("a role is assumed by the service accounts in its trust policy",
		"WebIdentityErr: failed to retrieve credentials: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity (%s by %s)",
		"https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html")
)

// AssumeRoleWithWebIdentity returns why a service account cannot assume a role, nil if it can.
func AssumeRoleWithWebIdentity(w *store.Account, roleARN, cluster, namespace, serviceAccount string) error {
	issuer := issuerOf(w, cluster)
	provider := providerOf(w, issuer)
	subject := "system:serviceaccount:" + namespace + ":" + serviceAccount
	if err := WebIdentityProvider.When(provider == nil || !slices.Contains(OIDCProviderOf(provider).Audiences, "sts.amazonaws.com"), issuer); err != nil {
		return err
	}
	host := strings.TrimPrefix(issuer, "https://")
	known := Facts{host + ":sub": {subject}, host + ":aud": {"sts.amazonaws.com"}}
	ok := TrustsPrincipal(w, FindRole(w, roleARN), "sts:AssumeRoleWithWebIdentity", "Federated", []string{provider.ID}, known)
	return WebIdentityTrust.When(!ok, roleARN, subject)
}

// issuerOf returns the URL of a cluster's OIDC issuer, "" for a cluster that does not exist. The type of a cluster's
// properties is in package eks, above this one.
func issuerOf(w *store.Account, cluster string) string {
	if o := w.Get(store.ClusterType, cluster); o != nil {
		return o.Text("issuer")
	}
	return ""
}

// providerOf returns the OIDC provider of an issuer's URL, nil if there is none.
func providerOf(w *store.Account, issuer string) *store.Object {
	return w.Get(store.OIDCType, w.GlobalARN("iam", "oidc-provider/"+strings.TrimPrefix(issuer, "https://")))
}
