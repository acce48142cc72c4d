package eks_test

import (
	"strings"
	"testing"

	"eksnet/rehearsal/world"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestASecondOperatorAndACIRoleHaveAccessWithoutBeingTheCreator(t *testing.T) {
	k := worldtest.NewCluster(t)
	for _, role := range []string{"second", "teams/ci"} {
		client := k.Operator(role, "AmazonEKSClusterAdminPolicy")
		name := strings.ReplaceAll(role, "/", "-")
		_, err := client.Create(store.NamespaceType, worldtest.Manifest("v1", "Namespace", name, nil))
		k.Must(err)
		k.Must(client.Delete(store.NamespaceType, name))
	}
}

func TestTheRoleThatCreatesAClusterIsItsAdministratorAndTheOperatorWhoAssumesItIsNot(t *testing.T) {
	const ci = "arn:aws:iam::111122223333:role/ci"
	l := worldtest.NewLab(t)
	client, err := l.World.AWS(world.AWSConfig{Region: "ap-northeast-2", Accounts: []string{worldtest.Account}, SignIn: store.SignIn{Role: ci, Session: "build-1"}})
	if err != nil {
		t.Fatal(err)
	}
	l.Client = client
	who, err := client.Invoke("aws:index/getCallerIdentity:getCallerIdentity", nil)
	if err != nil || who["arn"] != "arn:aws:sts::111122223333:assumed-role/ci/build-1" {
		t.Errorf("%v %v", who, err)
	}
	l.Nodes()
	k := &worldtest.KubeLab{Lab: l, Kube: l.Dial(l.Kubeconfig())}
	apps := worldtest.Manifest("v1", "Namespace", "apps", nil)
	worldtest.Refused(t, k.Create(store.NamespaceType, apps), eks.CallerAdmitted)
	_, err = k.Dial(k.Takes(k.Kubeconfig(), ci)).Create(store.NamespaceType, apps)
	k.Must(err)
}

func TestAProfileIsASeparateCaller(t *testing.T) {
	l := worldtest.NewLab(t)
	client, err := l.World.AWS(world.AWSConfig{Region: "ap-northeast-2", SignIn: store.SignIn{Profile: "prod"}})
	if err != nil {
		t.Fatal(err)
	}
	l.Client = client
	l.Nodes()
	k := &worldtest.KubeLab{Lab: l, Kube: l.Dial(strings.Replace(l.Kubeconfig(), `"command": "aws"`, `"command": "aws", "env": [{"name": "AWS_PROFILE", "value": "prod"}]`, 1))}
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "apps", nil))
}

func TestAccessPoliciesAllowWhatEKSDocuments(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "team-a", nil))
	k.Apply(store.ConfigMapType, worldtest.Edited(worldtest.Manifest("v1", "ConfigMap", "there", nil), "metadata.namespace", "team-a"))
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
		client := k.Operator(strings.ToLower(c.policy+strings.Trim(strings.Join(c.namespaces, ""), "*")), c.policy, c.namespaces...)
		_, err := client.Read(store.ConfigMapType, "team-a/there")
		_, made := client.Create(store.ConfigMapType, worldtest.Edited(worldtest.Manifest("v1", "ConfigMap", "new", nil), "metadata.namespace", "team-a"))
		if made == nil {
			k.Must(client.Delete(store.ConfigMapType, "team-a/new"))
		}
		_, whole := client.Create(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "more", nil))
		if whole == nil {
			k.Must(client.Delete(store.NamespaceType, "more"))
		}
		if (err == nil) != c.read || (made == nil) != c.write || (whole == nil) != c.namespace {
			t.Errorf("%s in %v: read %v, write %v, namespace %v", c.policy, c.namespaces, err, made, whole)
		}
	}
}

func TestAForbiddenCallHasTheErrorOfTheAPIServer(t *testing.T) {
	k := worldtest.NewCluster(t)
	_, err := k.Operator("viewer", "AmazonEKSViewPolicy").Create(store.DeploymentType, worldtest.Web())
	want := `deployments.apps is forbidden: User "arn:aws:sts::111122223333:assumed-role/viewer/EKSGetTokenAuth" cannot create resource "deployments" in API group "apps" in the namespace "default"`
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
}

func TestAPrivateEndpointIsReachedFromInsideAndThroughAProxy(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Private()
	apps := worldtest.Manifest("v1", "Namespace", "apps", nil)
	_, err := k.Dial(k.Kubeconfig()).Create(store.NamespaceType, apps)
	k.Must(err)
	k.World.Options.Outside = true
	if k.World.Answers(k.World.Options.Endpoint) {
		t.Error("the endpoint is reached from outside")
	}
	proxied := strings.Replace(k.Kubeconfig(), `"cluster": {`, `"cluster": {"proxy-url": "http://localhost:8888", `, 1)
	k.Must(k.Dial(proxied).Delete(store.NamespaceType, "apps"))
}

func TestAPublicEndpointIsReachedFromOutside(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.World.Options.Outside = true
	if !k.World.Answers(k.World.Options.Endpoint) {
		t.Error("the endpoint is not reached from outside")
	}
	k.Apply(store.NamespaceType, worldtest.Manifest("v1", "Namespace", "apps", nil))
}
