package plan

// addonLine is what is known of an add-on's versions for one Kubernetes version.
type addonLine struct {
	// preferred is what the stack takes where the stack file names none: EKS's own default, written down so that a
	// stack is the same tomorrow.
	preferred string
	// oldest is the oldest version known in each minor line.
	oldest []string
}

// addonLines are the versions of the add-ons by Kubernetes version.
//
// The preferred versions are what EKS answered as its defaults in ap-northeast-2 in September 2026 (aws eks
// describe-addon-versions), as several public Terraform configurations on GitHub have written it down; they agree with
// each other. The oldest ones are from AWS's own tables
// (docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html, managing-kube-proxy.html and managing-coredns.html,
// at several times since 2025), but for those marked, which such configurations use with that Kubernetes version.
// eksnet has asked no account for any of them.
var addonLines = map[string]struct{ vpcCNI, kubeProxy, coreDNS addonLine }{
	"1.36": {
		vpcCNI:    addonLine{"v1.22.4-eksbuild.3", []string{"v1.21.1-eksbuild.8", "v1.22.3-eksbuild.1", "v1.23.0-eksbuild.1"}}, // all from configurations
		kubeProxy: addonLine{"v1.36.0-eksbuild.17", []string{"v1.36.0-eksbuild.9"}},                                            // from configurations
		coreDNS:   addonLine{"v1.14.3-eksbuild.14", []string{"v1.14.3-eksbuild.3"}},                                            // from configurations
	},
	"1.35": {
		vpcCNI:    addonLine{"v1.22.4-eksbuild.3", []string{"v1.21.1-eksbuild.1", "v1.22.2-eksbuild.1", "v1.23.0-eksbuild.1"}}, // all from configurations
		kubeProxy: addonLine{"v1.35.3-eksbuild.21", []string{"v1.35.0-eksbuild.2"}},                                            // from configurations
		coreDNS:   addonLine{"v1.13.2-eksbuild.21", []string{"v1.13.2-eksbuild.1", "v1.14.2-eksbuild.4"}},                      // the first from configurations
	},
	"1.34": {
		vpcCNI:    addonLine{"v1.22.4-eksbuild.3", []string{"v1.20.4-eksbuild.2", "v1.21.1-eksbuild.1", "v1.22.2-eksbuild.1", "v1.23.0-eksbuild.1"}}, // all from configurations
		kubeProxy: addonLine{"v1.34.6-eksbuild.21", []string{"v1.34.0-eksbuild.2"}},                                                                  // from configurations
		coreDNS:   addonLine{"v1.12.4-eksbuild.29", []string{"v1.12.3-eksbuild.1", "v1.13.2-eksbuild.4"}},                                            // the first from configurations
	},
	"1.33": {
		vpcCNI:    addonLine{"v1.22.4-eksbuild.3", []string{"v1.20.1-eksbuild.3", "v1.21.1-eksbuild.1", "v1.22.2-eksbuild.1", "v1.23.0-eksbuild.1"}}, // all but the first from configurations
		kubeProxy: addonLine{"v1.33.10-eksbuild.21", []string{"v1.33.0-eksbuild.2"}},
		coreDNS:   addonLine{"v1.12.4-eksbuild.29", []string{"v1.12.2-eksbuild.4", "v1.13.2-eksbuild.4"}},
	},
}

// podIdentityAgentLine are the versions of the EKS Pod Identity Agent for each Kubernetes version, from the same
// configurations, which have EKS's default for 1.34, 1.35 and 1.36 alike.
var podIdentityAgentLine = addonLine{"v1.3.10-eksbuild.3", []string{"v1.3.10-eksbuild.1", "v1.4.0-eksbuild.1"}}
