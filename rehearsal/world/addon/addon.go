package addon

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

var (
	AddonUnique = store.NewRule("a cluster has at most one add-on of a name",
		"creating EKS Add-On (%s): operation error EKS: CreateAddon, ResourceInUseException: Addon already exists.",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html")
	AddonKnown = store.NewRule("an add-on is an add-on of EKS",
		"%s, InvalidParameterException: Addon %s specified is not supported in %s kubernetes version",
		"https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html")
	AddonVersion = store.NewRule("an add-on's version has the form of EKS's versions",
		"%s, InvalidParameterException: Addon version specified is not supported: %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html")
	AddonRole = store.NewRule("an add-on's role exists",
		"%s, InvalidParameterException: Role with arn: %s, could not be assumed because it does not exist or the trusted entity is not correct",
		"https://docs.aws.amazon.com/eks/latest/userguide/add-ons-iam.html")
	AddonConfigured = store.NewRule("an add-on's configuration matches its schema",
		"%s, InvalidParameterException: ConfigurationValue provided in request is not supported: Json schema validation failed with error: [%s]",
		"https://aws.amazon.com/blogs/containers/amazon-eks-add-ons-advanced-configuration/")
	AddonConflicts = store.NewRule("an add-on replaces its self-managed form only if it resolves conflicts by overwriting",
		"waiting for EKS Add-On (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: : ConfigurationConflict: Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/creating-an-add-on.html")
	AddonReplicas = store.NewRule("CoreDNS is active once a node runs it",
		"waiting for EKS Add-On (%s) create: timeout while waiting for state to become 'ACTIVE' (last state: 'DEGRADED', timeout: 20m0s): InsufficientNumberOfReplicas: The add-on is unhealthy because it doesn't have the desired number of replicas.",
		"https://github.com/pulumi/pulumi-eks/issues/1819")
)

// addonSettings are the top-level keys of an add-on's configuration; nil means that they are not checked (aws eks
// describe-addon-configuration).
var addonSettings = map[string][]string{
	"vpc-cni": {"affinity", "enableNetworkPolicy", "enableWindowsIpam", "enableWindowsPrefixDelegation", "env", "eniConfig", "init",
		"livenessProbeTimeoutSeconds", "minimumWindowsIPTarget", "nodeAgent", "nodeSelector", "podAnnotations", "podLabels", "priorityClassName",
		"readinessProbeTimeoutSeconds", "resources", "tolerations", "warmWindowsIPTarget", "warmWindowsPrefixTarget"},
	"coredns": {"affinity", "autoScaling", "computeType", "corefile", "nodeSelector", "podAnnotations", "podDisruptionBudget", "podLabels",
		"replicaCount", "resources", "tolerations", "topologySpreadConstraints"},
	"kube-proxy":             {"affinity", "ipvs", "mode", "nodeSelector", "podAnnotations", "podLabels", "resources", "tolerations"},
	"eks-pod-identity-agent": {"affinity", "agent", "nodeSelector", "podAnnotations", "podLabels", "priorityClassName", "resources", "tolerations", "updateStrategy"},
	"aws-ebs-csi-driver":     nil, "aws-efs-csi-driver": nil, "metrics-server": nil, "snapshot-controller": nil,
	"eks-node-monitoring-agent": nil, "amazon-cloudwatch-observability": nil,
}

// addonVersions are the versions of add-ons whose inputs have none.
var addonVersions = map[string]string{"vpc-cni": "v1.21.1-eksbuild.1", "coredns": "v1.13.1-eksbuild.1", "kube-proxy": "v%s.0-eksbuild.2"}

var addonVersionForm = regexp.MustCompile(`^v\d+\.\d+\.\d+-eksbuild\.\d+$`)

func AddonKinds() []*store.Kind {
	return []*store.Kind{{
		Typ: store.AddonType, Tagged: true, ForceNew: []string{"addonName", "clusterName"},
		Create: createAddon,
		Update: updateAddon,
		Await:  addonReady,
		Remove: removeAddon,
		// The times differ by add-on: see addonTimes.
		Creation: 30 * time.Second, Deletion: 9 * time.Second,
	}}
}

func createAddon(c *store.Call, o *store.Object) error {
	cluster, name := o.Text("clusterName"), o.Text("addonName")
	id := cluster + ":" + name
	op := eks.Operation("creating", "EKS Add-On", id, "CreateAddon")
	home, err := eks.ActiveCluster(c.Account, op, cluster)
	if err != nil {
		return err
	}
	if err := store.First(
		AddonUnique.When(c.Get(store.AddonType, id) != nil, id),
		addonFits(c.Account, o, home, op)); err != nil {
		return err
	}
	o.ID = id
	existing := kube.WorkloadOf(c.Account, cluster, name)
	overwrite := o.Text("resolveConflictsOnCreate") == "OVERWRITE" || o.Text("resolveConflicts") == "OVERWRITE"
	showAddon(c.Account, o, home, "ACTIVE")
	if err := AddonConflicts.Unready(existing != nil && !overwrite, id, conflict(existing)); err != nil {
		o.Learn("status", eks.CreateFailed)
		return err
	}
	runAddon(c.Account, o)
	return nil
}

// conflict returns the object that an add-on would overwrite, as EKS names it.
func conflict(o *store.Object) string {
	if o == nil {
		return ""
	}
	return o.Text("kind") + ".apps " + o.Text("metadata.name") + " - .spec.template.spec.containers"
}

// runAddon creates an add-on's objects, which EKS manages.
func runAddon(w *store.Account, o *store.Object) {
	cluster, name := o.Text("clusterName"), o.Text("addonName")
	installAddon(w, cluster, name)
	if load := kube.WorkloadOf(w, cluster, name); load != nil {
		load.Learn("addon", o.ID)
		if replicas, given := eks.Configuration(o)["replicaCount"].(float64); given {
			load.Own()
			store.MapOf(load.Inputs["spec"])["replicas"], store.MapOf(load.Outputs["spec"])["replicas"] = replicas, replicas
			load.Written()
		}
	}
}

func addonFits(w *store.Account, o, cluster *store.Object, op string) error {
	name, version, role := o.Text("addonName"), store.OrText(o.Inputs["addonVersion"], ""), store.OrText(o.Inputs["serviceAccountRoleArn"], "")
	settings, known := addonSettings[name]
	ahead := name == "kube-proxy" && version != "" && eks.Minor(version) > eks.Minor(cluster.Text("version"))
	return store.First(
		AddonKnown.When(!known, op, name, cluster.Text("version")),
		AddonVersion.When(version != "" && !addonVersionForm.MatchString(version) || ahead, op, version),
		AddonRole.When(role != "" && iam.RoleOf(w, role) == nil, op, role),
		configurationFits(o, op, settings))
}

// configurationFits checks an add-on's configuration against its schema, as far as it is modelled.
func configurationFits(o *store.Object, op string, settings []string) error {
	text, given := o.Inputs["configurationValues"].(string)
	if !given || text == "" {
		return nil
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return AddonConfigured.When(true, op, err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		unknown := settings != nil && !slices.Contains(settings, name)
		if err := AddonConfigured.When(unknown, op,
			fmt.Sprintf("$.%s: is not defined in the schema and the schema does not allow additional properties", name)); err != nil {
			return err
		}
	}
	env := store.MapOf(values["env"])
	for _, name := range slices.Sorted(maps.Keys(env)) {
		_, ok := env[name].(string)
		if err := AddonConfigured.When(!ok, op, fmt.Sprintf("$.env.%s: %T found, string expected", name, env[name])); err != nil {
			return err
		}
	}
	if o.Text("addonName") == "vpc-cni" {
		return eks.CNIConfigured(values, op)
	}
	return nil
}

func showAddon(w *store.Account, o, cluster *store.Object, status string) {
	name := o.Text("addonName")
	version := strings.ReplaceAll(addonVersions[name], "%s", cluster.Text("version"))
	o.Show(store.Properties{"addonVersion": store.OrText(o.Inputs["addonVersion"], store.OrText(version, "v1.0.0-eksbuild.1")),
		"arn":                 w.ARN("eks", "addon/"+cluster.ID+"/"+name+"/"+kms.Uuid(w.NewID(""))),
		"configurationValues": store.OrText(o.Inputs["configurationValues"], ""), "createdAt": store.Created, "modifiedAt": store.Created})
	o.Learn("status", status)
}

func updateAddon(c *store.Call, o, old *store.Object) error {
	op := eks.Operation("updating", "EKS Add-On", o.ID, "UpdateAddon")
	cluster, err := eks.ActiveCluster(c.Account, op, o.Text("clusterName"))
	if err != nil {
		return err
	}
	if err := store.First(
		AddonActive.When(old.Text("status") == eks.CreateFailed, o.ID, o.Text("addonName")),
		addonFits(c.Account, o, cluster, op)); err != nil {
		return err
	}
	showAddon(c.Account, o, cluster, "ACTIVE")
	o.Set("arn", old.Text("arn"))
	o.Retain(old, "addonVersion", "configurationValues")
	runAddon(c.Account, o)
	return nil
}

// addonReady reports whether an add-on became active: those that run on each node are at once, CoreDNS needs nodes.
func addonReady(c *store.Call, o *store.Object) error {
	if o.Text("addonName") != "coredns" || coreDNSRuns(c.Account, o.Text("clusterName")) {
		return nil
	}
	o.Learn("status", "DEGRADED")
	var blocked error
	if load := kube.WorkloadOf(c.Account, o.Text("clusterName"), "coredns"); load != nil {
		_, blocked = kube.RollOut(c.Account, load)
	}
	return store.NotReady(AddonReplicas.When(true, o.ID), blocked)
}

// coreDNSRuns reports whether a cluster's DNS has a running pod.
func coreDNSRuns(w *store.Account, cluster string) bool {
	load := kube.WorkloadOf(w, cluster, "coredns")
	if load == nil || len(node.ReadyNodes(w, cluster)) == 0 {
		return false
	}
	if ready := load.At("status.readyReplicas"); ready != nil {
		return store.Integer(ready) > 0
	}
	return true
}

func removeAddon(c *store.Call, o *store.Object) error {
	if !o.Flag("preserve") {
		uninstallAddon(c.Account, o.Text("clusterName"), o.Text("addonName"))
	}
	return nil
}

var (
	AddonActive = store.NewRule("an add-on whose creation failed is not updated",
		"updating EKS Add-On (%s): operation error EKS: UpdateAddon, ResourceInUseException: Addon %s cannot be updated as it is currently in CREATE_FAILED state",
		"https://github.com/aws/containers-roadmap/issues/1411; https://github.com/eksctl-io/eksctl/issues/8091")
)
