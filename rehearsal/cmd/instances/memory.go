package main

import (
	"math"
	"regexp"
	"strings"
)

// Memory is proportional to vCPUs within nearly every family: GiB per vCPU, by the letters that a family's name begins
// with (docs.aws.amazon.com/ec2/latest/instancetypes/gp.html, co.html, mo.html, so.html, ac.html, hpc.html, pg.html).
// These rules give the memory of all 908 types that are in github.com/cristim/ec2-instances-info
// v0.0.0-20250528091325-32acf84f42eb, compared in November 2026.
var ratioByLetters = map[string]float64{
	"a": 2, "c": 2, "d": 8, "dl": 8, "g": 4, "gr": 8, "h": 4, "i": 8, "im": 4, "inf": 4, "is": 6, "m": 4, "r": 8, "trn": 4, "vt": 2, "x": 16, "z": 8,
}

// ratioByFamily are the families with another ratio than that of their letters.
var ratioByFamily = map[string]float64{
	"c1": 0.875, "c3": 1.875, "c4": 1.875, "c5n": 2.625, "cr1": 7.625, "d2": 7.625, "d3en": 4, "f1": 15.25, "f2": 32. / 3,
	"g5g": 2, "g6e": 8, "hpc6a": 4, "hpc6id": 16, "hpc8a": 4, "hs1": 7.3125, "i2": 7.625, "i3": 7.625, "inf1": 2,
	"m1": 3.75, "m2": 8.55, "m3": 3.75, "p3": 7.625, "p3dn": 8, "p4d": 12, "p4de": 12, "p5": 32. / 3, "p5e": 32. / 3, "p5en": 32. / 3,
	"p6-b200": 32. / 3, "p6-b300": 64. / 3, "r3": 7.625, "r4": 7.625, "t1": 0.613, "trn2": 32. / 3,
	"u-3tb1": 3072. / 224, "u-6tb1": 6144. / 448, "u-9tb1": 9216. / 448, "u-12tb1": 12288. / 448, "u-18tb1": 18432. / 448, "u-24tb1": 24576. / 448,
	"u7i-6tb": 6144. / 448, "u7i-8tb": 8192. / 448, "u7i-12tb": 12288. / 896, "u7in-16tb": 16384. / 896, "u7in-24tb": 24576. / 896, "u7in-32tb": 32768. / 896,
	"x1": 15.25, "x1e": 30.5, "x2iedn": 32, "x2iezn": 32, "x8aedz": 32,
}

// memoryExceptions are the GiB of types that do not follow the ratio of their family.
var memoryExceptions = map[string]float64{
	"c1.medium": 1.7, "c4.8xlarge": 60, "c5n.9xlarge": 96, "c5n.18xlarge": 192, "c5n.metal": 192, "d2.8xlarge": 244, "m1.small": 1.7,
	"p5.4xlarge": 256, "u-6tb1.56xlarge": 6144, "gr6f.4xlarge": 128,
	"hpc7a.12xlarge": 768, "hpc7a.24xlarge": 768, "hpc7a.48xlarge": 768, "hpc7a.96xlarge": 768,
	"hpc7g.4xlarge": 128, "hpc7g.8xlarge": 128, "hpc7g.16xlarge": 128,
}

// burstableMemory is the memory in GiB of the small sizes of burstable families; from large on these have 4 GiB per
// vCPU.
var burstableMemory = map[string]float64{"nano": 0.5, "micro": 1, "small": 2, "medium": 4}

var (
	burstable    = regexp.MustCompile(`^t[2-9]`)
	familyLetter = regexp.MustCompile(`^[a-z]+`)
)

// memoryOf returns the memory of a type in MiB, 0 if it is unknown.
func memoryOf(family, size string, cpus int) int {
	gib := memoryExceptions[family+"."+size]
	if gib == 0 && burstable.MatchString(family) {
		if gib = burstableMemory[size]; gib == 0 {
			gib = 4 * float64(cpus)
		}
	}
	if gib == 0 {
		ratio, known := ratioByFamily[family]
		if !known {
			ratio = ratioByLetters[familyLetter.FindString(strings.TrimSuffix(family, "-flex"))]
		}
		gib = ratio * float64(cpus)
	}
	return int(math.Round(gib * 1024))
}
