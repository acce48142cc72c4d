package world

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

const addonType = "aws:eks/addon:Addon"

var (
	addonUnique = rule("a cluster has at most one add-on of a name",
		"creating EKS Add-On (%s): operation error EKS: CreateAddon, ResourceInUseException: Addon already exists.",
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html")
	addonKnown = rule("an add-on is an add-on of EKS",
		"%s, InvalidParameterException: Addon %s specified is not supported in %s kubernetes version",
		"https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html")
	addonVersion = rule("an add-on's version has the form of EKS's versions",
		"%s, InvalidParameterException: Addon version specified is not supported: %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html")
	addonRole = rule("an add-on's role exists",
		"%s, InvalidParameterException: Role with arn: %s, could not be assumed because it does not exist or the trusted entity is not correct",
		"https://docs.aws.amazon.com/eks/latest/userguide/add-ons-iam.html")
	addonConfigured = rule("an add-on's configuration matches its schema",
		"%s, InvalidParameterException: ConfigurationValue provided in request is not supported: Json schema validation failed with error: [%s]",
		"https://aws.amazon.com/blogs/containers/amazon-eks-add-ons-advanced-configuration/")
	addonConflicts = rule("an add-on replaces its self-managed form only if it resolves conflicts by overwriting",
		"waiting for EKS Add-On (%s) create: unexpected state 'CREATE_FAILED', wanted target 'ACTIVE'. last error: : ConfigurationConflict: Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: %s",
		"https://docs.aws.amazon.com/eks/latest/userguide/creating-an-add-on.html")
	addonReplicas = rule("CoreDNS is active once a node runs it",
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

func addonKinds() []*kind {
	return []*kind{{
		typ: addonType, tagged: true, forceNew: []string{"addonName", "clusterName"},
		create: createAddon,
		update: updateAddon,
		await:  addonReady,
		remove: removeAddon,
		// The times differ by add-on: see addonTimes.
		creation: 30 * time.Second, deletion: 9 * time.Second,
	}}
}

func createAddon(c *call, o *Object) error {
	cluster, name := o.text("clusterName"), o.text("addonName")
	id := cluster + ":" + name
	op := operation("creating", "EKS Add-On", id, "CreateAddon")
	home, err := c.clusterOf(op, cluster)
	if err != nil {
		return err
	}
	if err := first(
		addonUnique.when(c.get(addonType, id) != nil, id),
		c.addonFits(o, home, op)); err != nil {
		return err
	}
	o.ID = id
	existing := c.workloadOf(cluster, name)
	overwrite := o.text("resolveConflictsOnCreate") == "OVERWRITE" || o.text("resolveConflicts") == "OVERWRITE"
	c.showAddon(o, home, "ACTIVE")
	if err := addonConflicts.unready(existing != nil && !overwrite, id, conflict(existing)); err != nil {
		o.learn("status", createFailed)
		return err
	}
	c.runAddon(o)
	return nil
}

// conflict returns the object that an add-on would overwrite, as EKS names it.
func conflict(o *Object) string {
	if o == nil {
		return ""
	}
	return o.text("kind") + ".apps " + o.text("metadata.name") + " - .spec.template.spec.containers"
}

// runAddon creates an add-on's objects, which EKS manages.
func (w *World) runAddon(o *Object) {
	cluster, name := o.text("clusterName"), o.text("addonName")
	w.installAddon(cluster, name)
	if load := w.workloadOf(cluster, name); load != nil {
		load.learn("addon", o.ID)
		if replicas, given := configuration(o)["replicaCount"].(float64); given {
			load.own()
			mapOf(load.Inputs["spec"])["replicas"], mapOf(load.Outputs["spec"])["replicas"] = replicas, replicas
			load.written()
		}
	}
}

func (w *World) addonFits(o, cluster *Object, op string) error {
	name, version, role := o.text("addonName"), orText(o.Inputs["addonVersion"], ""), orText(o.Inputs["serviceAccountRoleArn"], "")
	settings, known := addonSettings[name]
	ahead := name == "kube-proxy" && version != "" && minor(version) > minor(cluster.text("version"))
	return first(
		addonKnown.when(!known, op, name, cluster.text("version")),
		addonVersion.when(version != "" && !addonVersionForm.MatchString(version) || ahead, op, version),
		addonRole.when(role != "" && w.roleOf(role) == nil, op, role),
		configurationFits(o, op, settings))
}

// configurationFits checks an add-on's configuration against its schema, as far as it is modelled.
func configurationFits(o *Object, op string, settings []string) error {
	text, given := o.Inputs["configurationValues"].(string)
	if !given || text == "" {
		return nil
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return addonConfigured.when(true, op, err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		unknown := settings != nil && !slices.Contains(settings, name)
		if err := addonConfigured.when(unknown, op,
			fmt.Sprintf("$.%s: is not defined in the schema and the schema does not allow additional properties", name)); err != nil {
			return err
		}
	}
	env := mapOf(values["env"])
	for _, name := range slices.Sorted(maps.Keys(env)) {
		_, ok := env[name].(string)
		if err := addonConfigured.when(!ok, op, fmt.Sprintf("$.env.%s: %T found, string expected", name, env[name])); err != nil {
			return err
		}
	}
	if o.text("addonName") == "vpc-cni" {
		return cniConfigured(values, op)
	}
	return nil
}

// configuration returns an add-on's settings.
func configuration(addon *Object) map[string]any {
	var values map[string]any
	if addon == nil || json.Unmarshal([]byte(addon.text("configurationValues")), &values) != nil {
		return nil
	}
	return values
}

func (w *World) showAddon(o, cluster *Object, status string) {
	name := o.text("addonName")
	version := strings.ReplaceAll(addonVersions[name], "%s", cluster.text("version"))
	o.show(Properties{"addonVersion": orText(o.Inputs["addonVersion"], orText(version, "v1.0.0-eksbuild.1")),
		"arn":                 w.arn("eks", "addon/"+cluster.ID+"/"+name+"/"+uuid(w.newID(""))),
		"configurationValues": orText(o.Inputs["configurationValues"], ""), "createdAt": created, "modifiedAt": created})
	o.learn("status", status)
}

func updateAddon(c *call, o, old *Object) error {
	op := operation("updating", "EKS Add-On", o.ID, "UpdateAddon")
	cluster, err := c.clusterOf(op, o.text("clusterName"))
	if err != nil {
		return err
	}
	if err := first(
		addonActive.when(old.text("status") == createFailed, o.ID, o.text("addonName")),
		c.addonFits(o, cluster, op)); err != nil {
		return err
	}
	c.showAddon(o, cluster, "ACTIVE")
	o.set("arn", old.text("arn"))
	o.retain(old, "addonVersion", "configurationValues")
	c.runAddon(o)
	return nil
}

// addonReady reports whether an add-on became active: those that run on each node are at once, CoreDNS needs nodes.
func addonReady(c *call, o *Object) error {
	if o.text("addonName") != "coredns" || c.coreDNSRuns(o.text("clusterName")) {
		return nil
	}
	o.learn("status", "DEGRADED")
	var blocked error
	if load := c.workloadOf(o.text("clusterName"), "coredns"); load != nil {
		_, blocked = c.rollOut(load)
	}
	return incomplete(addonReplicas.when(true, o.ID), blocked)
}

// coreDNSRuns reports whether a cluster's DNS has a running pod.
func (w *World) coreDNSRuns(cluster string) bool {
	load := w.workloadOf(cluster, "coredns")
	if load == nil || len(w.readyNodes(cluster)) == 0 {
		return false
	}
	if ready := load.at("status.readyReplicas"); ready != nil {
		return integer(ready) > 0
	}
	return true
}

func removeAddon(c *call, o *Object) error {
	if !o.flag("preserve") {
		c.uninstallAddon(o.text("clusterName"), o.text("addonName"))
	}
	return nil
}
