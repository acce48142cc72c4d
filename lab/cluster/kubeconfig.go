package cluster

import (
	"fmt"
	"os"
	"strings"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Kubeconfig returns the path of the administrator's kubeconfig.
func (l *Lab) Kubeconfig() string { return l.path("kubeconfig") }

// writeKubeconfig writes a kubeconfig with a token.
func (l *Lab) writeKubeconfig(name, token string) error {
	return l.writeKubeconfigFor(l.path(name), token, l.config.Host)
}

// writeKubeconfigFor writes a kubeconfig with a token and the URL of the API server.
func (l *Lab) writeKubeconfigFor(file, token, server string) error {
	authority, err := os.ReadFile(l.path("pki", authorityFile))
	if err != nil {
		return fmt.Errorf("kubeconfig: %w", err)
	}
	cluster := l.Stack.Cluster.Name
	config := api.NewConfig()
	config.Clusters[cluster] = &api.Cluster{Server: server, CertificateAuthorityData: authority}
	config.AuthInfos[cluster] = &api.AuthInfo{Token: token}
	config.Contexts[cluster] = &api.Context{Cluster: cluster, AuthInfo: cluster}
	config.CurrentContext = cluster
	return clientcmd.WriteToFile(*config, file)
}

// Environment returns the path of a shell script that sets the environment of kubectl, helm and aws for the lab.
func (l *Lab) Environment() string { return l.path("environment") }

func (l *Lab) writeEnvironment() error {
	variables := append([]string{"KUBECONFIG=" + l.Kubeconfig()}, credentialVariables(l.account.Administrator)...)
	variables = append(variables, "AWS_ENDPOINT_URL="+l.Endpoint(), "AWS_REGION="+l.Stack.Region, "AWS_DEFAULT_REGION="+l.Stack.Region, "AWS_PAGER=")
	var file strings.Builder
	for _, variable := range variables {
		name, value, _ := strings.Cut(variable, "=")
		fmt.Fprintf(&file, "export %s='%s'\n", name, value)
	}
	file.WriteString("unset AWS_PROFILE AWS_SESSION_TOKEN\n")
	for _, dir := range []string{l.Tools.Machine, l.Tools.Bin} {
		if dir != "" {
			fmt.Fprintf(&file, "export PATH='%s':\"$PATH\"\n", dir)
		}
	}
	return os.WriteFile(l.Environment(), []byte(file.String()), 0o600)
}
