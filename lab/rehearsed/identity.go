package rehearsed

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
	return i
}
