package cluster

import (
	"fmt"
	"os"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Kubeconfig is the administrator's.
func (l *Lab) Kubeconfig() string { return l.path("kubeconfig") }

// writeKubeconfig writes a kubeconfig for whoever has a token.
func (l *Lab) writeKubeconfig(name, token string) error {
	authority, err := os.ReadFile(l.path("pki", "apiserver.crt"))
	if err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	cluster := l.Stack.Cluster.Name
	config := api.NewConfig()
	config.Clusters[cluster] = &api.Cluster{Server: l.config.Host, CertificateAuthorityData: authority}
	config.AuthInfos[cluster] = &api.AuthInfo{Token: token}
	config.Contexts[cluster] = &api.Context{Cluster: cluster, AuthInfo: cluster}
	config.CurrentContext = cluster
	return clientcmd.WriteToFile(*config, l.path(name))
}

// Environment is a file for a shell: it leads kubectl, helm and aws to the lab.
func (l *Lab) Environment() string { return l.path("environment") }

func (l *Lab) writeEnvironment() error {
	variables := append([]string{"KUBECONFIG=" + l.Kubeconfig()}, credentials(l.account.Administrator)...)
	variables = append(variables, "AWS_ENDPOINT_URL="+l.endpoint(), "AWS_REGION="+l.Stack.Region, "AWS_DEFAULT_REGION="+l.Stack.Region, "AWS_PAGER=")
	var file strings.Builder
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		fmt.Fprintf(&file, "export %s='%s'\n", name, value)
	}
	file.WriteString("unset AWS_PROFILE AWS_SESSION_TOKEN\n")
	fmt.Fprintf(&file, "export PATH='%s':\"$PATH\"\n", l.Tools.Bin)
	return os.WriteFile(l.Environment(), []byte(file.String()), 0o600)
}
