package world

import (
	"strings"
	"testing"
)

const accessPolicyARN = "arn:aws:eks::aws:cluster-access-policy/"

// operator returns the client of a role with an access policy, in the whole cluster or in some namespaces.
func (k *kubeLab) operator(role, policy string, namespaces ...string) Client {
	k.t.Helper()
	arn := "arn:aws:iam::" + account + ":role/" + role
	scope := Properties{"type": "cluster"}
	if len(namespaces) > 0 {
		scope = Properties{"type": "namespace", "namespaces": anyOf(namespaces)}
	}
	k.make(role+"-entry", accessEntryType, Properties{"clusterName": "dev", "principalArn": arn})
	k.make(role+"-policy", accessPolicyType, Properties{"clusterName": "dev", "principalArn": arn, "policyArn": accessPolicyARN + policy, "accessScope": scope})
	return k.dial(k.takes(k.kubeconfig(), arn))
}

// takes returns a kubeconfig whose token is that of a role.
func (k *kubeLab) takes(kubeconfig, role string) string {
	return strings.Replace(kubeconfig, `"--output", "json"`, `"--output", "json", "--role-arn", "`+role+`"`, 1)
}

// private disables the public endpoint of the cluster.
func (k *kubeLab) private() {
	k.t.Helper()
	in := with(k.clusterInputs(), "vpcConfig.endpointPublicAccess", false)
	k.must(k.change(clusterType, "dev", Properties{"vpcConfig": in["vpcConfig"]}))
}

func TestASecondOperatorAndACIRoleHaveAccessWithoutBeingTheCreator(t *testing.T) {
	k := newCluster(t)
	for _, role := range []string{"second", "teams/ci"} {
		client := k.operator(role, "AmazonEKSClusterAdminPolicy")
		name := strings.ReplaceAll(role, "/", "-")
		_, err := client.Create(namespaceType, manifest("v1", "Namespace", name, nil))
		k.must(err)
		k.must(client.Delete(namespaceType, name))
	}
}

func TestTheRoleThatCreatesAClusterIsItsAdministratorAndTheOperatorWhoAssumesItIsNot(t *testing.T) {
	const ci = "arn:aws:iam::111122223333:role/ci"
	l := newLab(t)
	client, err := l.world.AWS(AWSConfig{Region: "ap-northeast-2", Accounts: []string{account}, SignIn: SignIn{Role: ci, Session: "build-1"}})
	if err != nil {
		t.Fatal(err)
	}
	l.client = client
	who, err := client.Invoke("aws:index/getCallerIdentity:getCallerIdentity", nil)
	if err != nil || who["arn"] != "arn:aws:sts::111122223333:assumed-role/ci/build-1" {
		t.Errorf("%v %v", who, err)
	}
	l.nodes()
	k := &kubeLab{l, l.dial(l.kubeconfig())}
	apps := manifest("v1", "Namespace", "apps", nil)
	refused(t, k.create(namespaceType, apps), callerAdmitted)
	_, err = k.dial(k.takes(k.kubeconfig(), ci)).Create(namespaceType, apps)
	k.must(err)
}

func TestAProfileIsASeparateCaller(t *testing.T) {
	l := newLab(t)
	client, err := l.world.AWS(AWSConfig{Region: "ap-northeast-2", SignIn: SignIn{Profile: "prod"}})
	if err != nil {
		t.Fatal(err)
	}
	l.client = client
	l.nodes()
	k := &kubeLab{l, l.dial(strings.Replace(l.kubeconfig(), `"command": "aws"`, `"command": "aws", "env": [{"name": "AWS_PROFILE", "value": "prod"}]`, 1))}
	k.apply(namespaceType, manifest("v1", "Namespace", "apps", nil))
}

func TestAccessPoliciesAllowWhatEKSDocuments(t *testing.T) {
	k := newCluster(t)
	k.apply(namespaceType, manifest("v1", "Namespace", "team-a", nil))
	k.apply(configMapType, edited(manifest("v1", "ConfigMap", "there", nil), "metadata.namespace", "team-a"))
	for _, c := range []struct {
		policy     string
		namespaces []string
		read       bool
		write      bool
		namespace  bool
	}{
		{"AmazonEKSClusterAdminPolicy", nil, true, true, true},
		{"AmazonEKSAdminPolicy", nil, true, true, false},
		{"AmazonEKSAdminPolicy", []string{"team-*"}, true, true, false},
		{"AmazonEKSEditPolicy", []string{"team-a"}, true, true, false},
		{"AmazonEKSEditPolicy", []string{"shop"}, false, false, false},
		{"AmazonEKSViewPolicy", nil, true, false, false},
		{"AmazonEKSAdminViewPolicy", nil, true, false, false},
		{"AmazonEKSSecretReaderPolicy", nil, false, false, false},
		{"AmazonEKSSecretAdminPolicy", nil, false, false, false},
	} {
		client := k.operator(strings.ToLower(c.policy+strings.Trim(strings.Join(c.namespaces, ""), "*")), c.policy, c.namespaces...)
		_, err := client.Read(configMapType, "team-a/there")
		_, made := client.Create(configMapType, edited(manifest("v1", "ConfigMap", "new", nil), "metadata.namespace", "team-a"))
		if made == nil {
			k.must(client.Delete(configMapType, "team-a/new"))
		}
		_, whole := client.Create(namespaceType, manifest("v1", "Namespace", "more", nil))
		if whole == nil {
			k.must(client.Delete(namespaceType, "more"))
		}
		if (err == nil) != c.read || (made == nil) != c.write || (whole == nil) != c.namespace {
			t.Errorf("%s in %v: read %v, write %v, namespace %v", c.policy, c.namespaces, err, made, whole)
		}
	}
}

func TestAForbiddenCallHasTheErrorOfTheAPIServer(t *testing.T) {
	k := newCluster(t)
	_, err := k.operator("viewer", "AmazonEKSViewPolicy").Create(deploymentType, web())
	want := `deployments.apps is forbidden: User "arn:aws:sts::111122223333:assumed-role/viewer/EKSGetTokenAuth" cannot create resource "deployments" in API group "apps" in the namespace "default"`
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

func TestAPrivateEndpointIsReachedFromInsideAndThroughAProxy(t *testing.T) {
	k := newCluster(t)
	k.private()
	apps := manifest("v1", "Namespace", "apps", nil)
	_, err := k.dial(k.kubeconfig()).Create(namespaceType, apps)
	k.must(err)
	k.world.options.Outside = true
	if k.world.Answers(k.world.options.Endpoint) {
		t.Error("the endpoint is reached from outside")
	}
	proxied := strings.Replace(k.kubeconfig(), `"cluster": {`, `"cluster": {"proxy-url": "http://localhost:8888", `, 1)
	k.must(k.dial(proxied).Delete(namespaceType, "apps"))
}

func TestAPublicEndpointIsReachedFromOutside(t *testing.T) {
	k := newCluster(t)
	k.world.options.Outside = true
	if !k.world.Answers(k.world.options.Endpoint) {
		t.Error("the endpoint is not reached from outside")
	}
	k.apply(namespaceType, manifest("v1", "Namespace", "apps", nil))
}
