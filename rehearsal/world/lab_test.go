package world

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"
)

const account = "111122223333"

// lab is an account with one client, and the resources that a test created in it by name.
type lab struct {
	t      *testing.T
	world  *World
	client Client
	ids    map[string]string
}

func newLab(t *testing.T) *lab {
	t.Helper()
	w := New(Options{Verify: *verify, Account: account, Endpoint: "https://127.0.0.1:41234"})
	client, err := w.AWS(AWSConfig{Region: "ap-northeast-2", Accounts: []string{account}, Tags: map[string]string{"team": "platform"}})
	if err != nil {
		t.Fatal(err)
	}
	return &lab{t, w, client, map[string]string{}}
}

// try checks and creates a resource, as a provider does.
func (l *lab) try(typ string, in Properties) (Object, error) {
	l.t.Helper()
	checked, failures, err := l.client.Check(typ, "thing", []byte{1}, in)
	if err != nil {
		return Object{}, err
	}
	for _, f := range failures {
		return Object{}, f.refusal
	}
	return l.client.Create(typ, checked)
}

// make creates a resource, which must succeed, under a name, and returns its ID.
func (l *lab) make(name, typ string, in Properties) string {
	l.t.Helper()
	o, err := l.try(typ, in)
	if err != nil {
		l.t.Fatalf("%s: %v", name, err)
	}
	l.ids[name] = o.ID
	return o.ID
}

// change updates a resource with some inputs replaced; a nil input is removed.
func (l *lab) change(typ, id string, changes Properties) error {
	o, err := l.client.Read(typ, id)
	if err != nil {
		return err
	}
	maps.Copy(o.Inputs, changes)
	for name, value := range o.Inputs {
		if value == nil {
			delete(o.Inputs, name)
		}
	}
	_, failures, err := l.client.Check(typ, "thing", nil, o.Inputs)
	for _, f := range failures {
		return f.refusal
	}
	if err == nil {
		_, err = l.client.Update(typ, id, o.Inputs)
	}
	return err
}

func (l *lab) delete(typ, name string) error {
	id, known := l.ids[name]
	if !known {
		id = name
	}
	return l.client.Delete(typ, id)
}

func (l *lab) object(typ, name string) *Object { return l.world.get(typ, l.ids[name]) }

// ruleOf returns the first rule of an error, the zero rule for none.
func ruleOf(err error) Rule {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return Rule{refusal.Rule()}
	}
	return Rule{}
}

// network creates a VPC with public and private subnets in two zones, an internet gateway and a NAT gateway.
func (l *lab) network() *lab {
	l.make("vpc", vpcType, Properties{"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": true})
	l.make("igw", internetGatewayType, Properties{"vpcId": l.ids["vpc"]})
	for i, zone := range []string{"a", "b"} {
		l.subnet("public-"+zone, fmt.Sprintf("10.0.%d.0/24", i), zone, Properties{"mapPublicIpOnLaunch": true})
		l.subnet("private-"+zone, fmt.Sprintf("10.0.%d.0/20", 16*(i+1)), zone, nil)
	}
	l.make("public", routeTableType, Properties{"vpcId": l.ids["vpc"]})
	l.make("private", routeTableType, Properties{"vpcId": l.ids["vpc"]})
	l.make("to-igw", routeType, Properties{"routeTableId": l.ids["public"], "destinationCidrBlock": "0.0.0.0/0", "gatewayId": l.ids["igw"]})
	for _, zone := range []string{"a", "b"} {
		for _, tier := range []string{"public", "private"} {
			l.make(tier+"-"+zone+"-table", associationType, Properties{"routeTableId": l.ids[tier], "subnetId": l.ids[tier+"-"+zone]})
		}
	}
	l.make("eip", eipType, Properties{"domain": "vpc"})
	l.make("nat", natType, Properties{"allocationId": l.ids["eip"], "subnetId": l.ids["public-a"]})
	l.make("to-nat", routeType, Properties{"routeTableId": l.ids["private"], "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": l.ids["nat"]})
	return l
}

func (l *lab) subnet(name, cidr, zone string, more Properties) {
	in := Properties{"vpcId": l.ids["vpc"], "cidrBlock": cidr, "availabilityZone": "ap-northeast-2" + zone}
	maps.Copy(in, more)
	l.make(name, subnetType, in)
}

// trustFor returns a trust policy for a service.
func trustFor(service string) string {
	return `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "` + service + `.amazonaws.com"}}]}`
}

// role creates a role with AWS managed policies.
func (l *lab) role(name, trust string, policies ...string) string {
	l.t.Helper()
	l.make(name, roleType, Properties{"name": name, "assumeRolePolicy": trust})
	for _, p := range policies {
		l.make(name+" "+p, attachmentType, Properties{"role": name, "policyArn": "arn:aws:iam::aws:policy/" + p})
	}
	return l.object(roleType, name).text("arn")
}

// clusterInputs returns the inputs of a valid cluster.
func (l *lab) clusterInputs() Properties {
	return Properties{"name": "dev", "roleArn": l.object(roleType, "cluster-role").text("arn"), "version": "1.35",
		"accessConfig": Properties{"authenticationMode": "API"}, "enabledClusterLogTypes": []any{"api"},
		"vpcConfig": Properties{"subnetIds": []any{l.ids["private-a"], l.ids["private-b"]}, "endpointPrivateAccess": true}}
}

// clusterUp creates a network, a cluster, its OIDC provider and the roles that nodes and the CNI need.
func (l *lab) clusterUp() *lab {
	l.network()
	l.role("cluster-role", trustFor("eks"), "AmazonEKSClusterPolicy")
	l.make("cluster", clusterType, l.clusterInputs())
	l.make("oidc", oidcType, Properties{"url": l.object(clusterType, "cluster").text("issuer"), "clientIdLists": []any{"sts.amazonaws.com"}})
	l.role("node-role", trustFor("ec2"), "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
	l.role("cni-role", l.irsaTrust("kube-system", "aws-node"), "AmazonEKS_CNI_Policy")
	return l
}

// irsaTrust returns a trust policy for a service account of the cluster.
func (l *lab) irsaTrust(namespace, name string) string {
	host := strings.TrimPrefix(l.object(clusterType, "cluster").text("issuer"), "https://")
	return fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
		"Principal": {"Federated": %q}, "Condition": {"StringEquals": {"%[2]s:sub": "system:serviceaccount:%[3]s:%[4]s", "%[2]s:aud": "sts.amazonaws.com"}}}]}`,
		l.ids["oidc"], host, namespace, name)
}

func (l *lab) addonInputs(name string) Properties {
	return Properties{"clusterName": "dev", "addonName": name, "resolveConflictsOnCreate": "OVERWRITE"}
}

// cni installs the CNI's add-on with a role of its own.
func (l *lab) cni() *lab {
	in := l.addonInputs("vpc-cni")
	in["serviceAccountRoleArn"] = l.object(roleType, "cni-role").text("arn")
	l.make("vpc-cni", addonType, in)
	return l
}

// groupInputs returns the inputs of a valid node group.
func (l *lab) groupInputs() Properties {
	return Properties{"clusterName": "dev", "nodeGroupName": "general", "nodeRoleArn": l.object(roleType, "node-role").text("arn"),
		"subnetIds": []any{l.ids["private-a"], l.ids["private-b"]}, "instanceTypes": []any{"m7g.large"}, "amiType": "AL2023_ARM_64_STANDARD",
		"scalingConfig": Properties{"minSize": 1.0, "desiredSize": 2.0, "maxSize": 3.0}}
}

// nodes creates a cluster with a working node group.
func (l *lab) nodes() *lab {
	l.clusterUp().cni()
	l.make("general", nodeGroupType, l.groupInputs())
	return l
}

// with returns inputs with one of them replaced.
func with(in Properties, path string, value any) Properties {
	head, rest, nested := strings.Cut(path, ".")
	if nested {
		inner := clone(mapOf(in[head]))
		if inner == nil {
			inner = Properties{}
		}
		value = with(inner, rest, value)
	}
	in[head] = value
	return in
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
