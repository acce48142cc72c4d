package rehearsed

// RoleOf returns the ARN of the role in the association of a service account, "" for none.
func (i Identity) RoleOf(namespace, serviceAccount string) string {
	for _, a := range i.Associations {
		if a.Namespace == namespace && a.ServiceAccount == serviceAccount {
			return a.RoleARN
		}
	}
	return ""
}

func (w *World) identity() Identity {
	var i Identity
	for _, o := range w.All("aws:iam/role:Role") {
		i.Roles = append(i.Roles, Role{ARN: o.Text("arn"), Name: o.Text("name"), Path: o.Text("path"), Trust: o.Text("assumeRolePolicy"), Tags: o.Map("tags")})
	}
	for _, o := range w.All("aws:iam/policy:Policy") {
		i.Policies = append(i.Policies, Policy{ARN: o.ID, Name: o.Text("name"), Path: o.Text("path"), Document: o.Text("policy"), Tags: o.Map("tags")})
	}
	for _, o := range w.All("aws:iam/rolePolicyAttachment:RolePolicyAttachment") {
		i.Attachments = append(i.Attachments, Attachment{Role: o.Text("role"), Policy: o.Text("policyArn")})
	}
	for _, o := range w.All("aws:iam/openIdConnectProvider:OpenIdConnectProvider") {
		i.Provider = Provider{ARN: o.ID, URL: o.Text("url"), Audiences: o.Texts("clientIdLists"), Tags: o.Map("tags")}
	}
	for _, o := range w.All("aws:eks/podIdentityAssociation:PodIdentityAssociation") {
		i.Associations = append(i.Associations, Association{Namespace: o.Text("namespace"), ServiceAccount: o.Text("serviceAccount"), RoleARN: o.Text("roleArn")})
	}
	return i
}
