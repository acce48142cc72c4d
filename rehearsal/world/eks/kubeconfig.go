package eks

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	clientcmdv1 "k8s.io/client-go/tools/clientcmd/api/v1"
	"sigs.k8s.io/yaml"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

const unreachable = "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: "

const unreachableSource = "https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go; pulumi-kubernetes#1739"

var (
	KubeconfigReads = store.NewRule("a kubeconfig is valid and has a current context, a cluster and a user",
		`failed to parse kubeconfig data in `+"`kubernetes:config:kubeconfig`"+`: %s`, unreachableSource)
	KubeconfigExec = store.NewRule("a kubeconfig gets its token from aws eks get-token",
		unreachable+`getting credentials: exec: %s`, "https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html")
	TokenCluster = store.NewRule("a token is for a cluster that exists",
		unreachable+`Get %q: dial tcp: lookup: no such host: cluster %q does not exist`, unreachableSource)
	TokenRegion = store.NewRule("a token is requested in the cluster's region",
		unreachable+`the server has asked for the client to provide credentials: the cluster is in %s, the token is for %s`,
		"https://docs.aws.amazon.com/cli/latest/reference/eks/get-token.html")
	ServerKnown = store.NewRule("a kubeconfig's server is the cluster's endpoint",
		unreachable+`Get %q: dial tcp: lookup: no such host: the endpoint of %s is %s`, unreachableSource)
	AuthorityKnown = store.NewRule("a kubeconfig has the cluster's certificate authority",
		unreachable+`Get %q: tls: failed to verify certificate: x509: certificate signed by unknown authority`, unreachableSource)
	CallerAdmitted = store.NewRule("the caller has access to the cluster",
		unreachable+`the server has asked for the client to provide credentials: %s has no access entry`,
		"https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html; terraform-aws-eks#2923, #3005")
)

// access holds the cluster that a kubeconfig selects, and its credentials.
type access struct {
	server, authority string
	proxy             string // the proxy to the cluster
	Cluster, region   string
	signIn            store.SignIn
	problem           string // an error in its exec command
}

// ReadKubeconfig reads the current context's cluster and user from a kubeconfig in JSON or YAML.
func ReadKubeconfig(text string) (*access, error) {
	var config clientcmdv1.Config
	a := &access{problem: "no user with an exec command"}
	if err := yaml.UnmarshalStrict([]byte(text), &config); err != nil {
		return a, KubeconfigReads.When(true, err)
	}
	context := slices.IndexFunc(config.Contexts, func(c clientcmdv1.NamedContext) bool { return c.Name == config.CurrentContext })
	if err := KubeconfigReads.When(context < 0, fmt.Sprintf("context %q does not exist", config.CurrentContext)); err != nil || context < 0 {
		return a, err
	}
	chosen := config.Contexts[context].Context
	cluster := slices.IndexFunc(config.Clusters, func(c clientcmdv1.NamedCluster) bool { return c.Name == chosen.Cluster })
	user := slices.IndexFunc(config.AuthInfos, func(u clientcmdv1.NamedAuthInfo) bool { return u.Name == chosen.AuthInfo })
	if err := KubeconfigReads.When(cluster < 0 || user < 0, fmt.Sprintf("cluster %q or user %q does not exist", chosen.Cluster, chosen.AuthInfo)); err != nil || cluster < 0 || user < 0 {
		return a, err
	}
	a.proxy = config.Clusters[cluster].Cluster.ProxyURL
	a.server = config.Clusters[cluster].Cluster.Server
	a.authority = string(config.Clusters[cluster].Cluster.CertificateAuthorityData)
	a.readExec(config.AuthInfos[user].AuthInfo.Exec)
	return a, nil
}

// readExec reads the command that prints the token.
func (a *access) readExec(exec *clientcmdv1.ExecConfig) {
	if exec == nil {
		return
	}
	a.problem = ""
	if exec.Command != "aws" {
		a.problem = fmt.Sprintf("%q is not aws", exec.Command)
	}
	if !strings.HasPrefix(exec.APIVersion, "client.authentication.k8s.io/v1") {
		a.problem = fmt.Sprintf("exec plugin is configured to use API version %q", exec.APIVersion)
	}
	var words []string
	for i := 0; i < len(exec.Args); i++ {
		flag, value, given := strings.Cut(exec.Args[i], "=")
		if !strings.HasPrefix(flag, "--") {
			words = append(words, exec.Args[i])
			continue
		}
		if !given && i+1 < len(exec.Args) {
			i++
			value = exec.Args[i]
		}
		switch flag {
		case "--cluster-name":
			a.Cluster = value
		case "--region":
			a.region = value
		case "--role", "--role-arn":
			a.signIn.Role = value
		case "--profile":
			a.signIn.Profile = value
		case "--output":
		default:
			a.problem = "aws: Unknown options: " + flag
		}
	}
	a.signIn.Session = "EKSGetTokenAuth"
	for _, env := range exec.Env {
		if a.signIn.Profile == "" && env.Name == "AWS_PROFILE" {
			a.signIn.Profile = env.Value
		}
		if a.region == "" && (env.Name == "AWS_REGION" || env.Name == "AWS_DEFAULT_REGION") {
			a.region = env.Value
		}
	}
	switch {
	case a.problem != "":
	case !slices.Equal(words, []string{"eks", "get-token"}):
		a.problem = "aws: the command is not eks get-token but " + strings.Join(words, " ")
	case a.Cluster == "":
		a.problem = "aws: the following arguments are required: --cluster-name"
	case a.region == "":
		a.problem = "aws: You must specify a region"
	}
}

// Reach refuses every call while the caller cannot reach the cluster.
func (a *access) Reach(c *store.Call) error {
	eks := c.Get(store.ClusterType, a.Cluster)
	server := a.server + "/openapi/v2?timeout=32s"
	if err := store.First(
		KubeconfigExec.When(a.problem != "", a.problem),
		TokenCluster.When(eks == nil, server, a.Cluster),
		EndpointAnswers.When(IsCutOff(eks), server),
		APIAnswers(c.Account, eks, a.proxy, server),
	); err != nil || eks == nil {
		return err
	}
	var err error
	if c.Caller, err = iam.CallerOf(c.Account, a.signIn); err != nil {
		return KubeconfigExec.When(true, "executable aws failed with exit code 254: "+err.Error())
	}
	entry, cluster := c.Get(store.AccessEntryType, a.Cluster+":"+c.Caller.Principal), ClusterOf(eks)
	return store.First(
		ServerKnown.When(a.server != cluster.Endpoint, server, a.Cluster, cluster.Endpoint),
		AuthorityKnown.When(EncodeBase64(a.authority) != cluster.Authority.Data, server),
		TokenRegion.When(a.region != c.Account.Region, c.Account.Region, a.region),
		CallerAdmitted.When(entry == nil && !IsCreator(c.Account, eks, c.Caller), c.Caller.ARN),
	)
}

// EncodeBase64 returns the base64 encoding of a text.
func EncodeBase64(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
