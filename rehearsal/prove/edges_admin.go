package prove

import (
	"encoding/json"
	"errors"
	"strings"
)

// admin returns a role that the stack file makes an administrator of the cluster, "" for none.
func (s *builtStack) admin() string {
	for _, r := range s.built.Resources() {
		if r.Type == "aws:eks/accessPolicyAssociation:AccessPolicyAssociation" {
			arn, _ := r.Inputs["principalArn"].(string)
			policy, _ := r.Inputs["policyArn"].(string)
			if strings.HasSuffix(policy, "/AmazonEKSClusterAdminPolicy") && strings.Contains(arn, ":role/") {
				return arn
			}
		}
	}
	return ""
}

// signedInAs returns a kubeconfig with the token of another principal, as for an operator who did not create the
// cluster.
func signedInAs(kubeconfig, principal string) (string, error) {
	var config map[string]any
	if err := json.Unmarshal([]byte(kubeconfig), &config); err != nil || principal == "" {
		return kubeconfig, err
	}
	users, _ := config["users"].([]any)
	for _, entry := range users {
		user, _ := entry.(map[string]any)["user"].(map[string]any)
		exec, _ := user["exec"].(map[string]any)
		args, ok := exec["args"].([]any)
		if !ok {
			return "", errors.New("a user of the kubeconfig has no exec command")
		}
		exec["args"] = append(args, "--role-arn", principal)
	}
	raw, err := json.Marshal(config)
	return string(raw), err
}
