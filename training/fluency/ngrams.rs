//! Makes `fluency_ngrams.bin`: modified Kneser-Ney over classes, pruned to the n-grams that say most.

use super::corpus::Source;
use super::random::ln;
use crate::fluency::classes::CLASSES;
use crate::fluency::ngrams::{FOURGRAM_BITS, HEADER, LENGTH, PAIRS, SCALE, TRIGRAM_BITS, key, place};
use crate::fluency::scan::scan;

/// Most slots of a table that are taken.
const LOAD: f64 = 0.65;

/// A count of an n-gram, or of what stands before it.
type Counted = Vec<(u32, u32)>;

pub(super) fn make(sources: &[Source]) -> Vec<u8> {
    let fourgrams = fourgrams(sources);
    let trigrams = continuations(&fourgrams, 0x00ff_ffff);
    let pairs = continuations(&trigrams, 0xffff);
    let singles = continuations(&pairs, 0xff);
    let unigrams = unigrams(&fourgrams);
    let total: f64 = singles.iter().map(|(_, count)| f64::from(*count)).sum();
    let mut p1 = vec![0.0; CLASSES];
    for &(class, count) in &singles {
        p1[class as usize] = f64::from(count);
    }
    p1.iter_mut().for_each(|p| *p = (*p + 0.5) / (total + 0.5 * CLASSES as f64));
    let p2 = dense_pairs(&pairs, &p1);
    let p3 = probabilities(&trigrams, |key| p2[(key & 0xffff) as usize]);
    // Which trigrams and 4-grams are worth their slot: the likelihood that would be lost.
    let kept3 = keep(&trigrams, &p3, |key| p2[(key & 0xffff) as usize], TRIGRAM_BITS);
    let weight3 = back_off(&kept3, PAIRS, |key| p2[(key & 0xffff) as usize]);
    let model3 = |key: u32| match kept3.binary_search_by_key(&(key & 0xff_ffff), |kept| kept.0) {
        Ok(found) => kept3[found].1,
        Err(_) => weight3[((key >> 8) & 0xffff) as usize] * p2[(key & 0xffff) as usize],
    };
    let p4 = probabilities(&fourgrams, |key| lookup(&trigrams, &p3, key & 0xff_ffff));
    let kept4 = keep(&fourgrams, &p4, model3, FOURGRAM_BITS);
    let weight4 = back_off(&kept4, 1 << 24, model3);
    write(&p2, &weight3, &kept3, &weight4, &kept4, &unigrams)
}

/// Counts of all 4-grams, sorted; a paragraph begins as after a full stop.
fn fourgrams(sources: &[Source]) -> Counted {
    let mut keys = Vec::new();
    for paragraph in sources.iter().flat_map(|source| &source.paragraphs) {
        let mut window = 0_u32;
        for token in scan(paragraph) {
            window = (window << 8) | u32::from(token.class);
            keys.push(window);
        }
    }
    keys.sort_unstable();
    let mut counted: Counted = Vec::new();
    for key in keys {
        match counted.last_mut() {
            Some(last) if last.0 == key => last.1 += 1,
            _ => counted.push((key, 1)),
        }
    }
    counted
}

/// How many different classes stand before each (n - 1)-gram.
fn continuations(counted: &Counted, mask: u32) -> Counted {
    let mut keys: Vec<u32> = counted.iter().map(|(key, _)| key & mask).collect();
    keys.sort_unstable();
    let mut found: Counted = Vec::new();
    for key in keys {
        match found.last_mut() {
            Some(last) if last.0 == key => last.1 += 1,
            _ => found.push((key, 1)),
        }
    }
    found
}

fn unigrams(fourgrams: &Counted) -> Vec<f64> {
    let mut counts = vec![0.5; CLASSES];
    for &(key, count) in fourgrams {
        counts[(key & 0xff) as usize] += f64::from(count);
    }
    let total: f64 = counts.iter().sum();
    counts.iter().map(|count| count / total).collect()
}

/// The three discounts of modified Kneser-Ney.
fn discounts(counted: &Counted) -> [f64; 4] {
    let n = [1, 2, 3, 4].map(|times| counted.iter().filter(|(_, count)| *count == times).count() as f64);
    let y = n[0] / (n[0] + 2.0 * n[1]).max(1.0);
    let discount = |i: usize| {
        ((i + 1) as f64 - (i + 2) as f64 * y * n[i + 1] / n[i].max(1.0)).clamp(0.1, 0.95 * (i + 1) as f64)
    };
    [0.0, discount(0), discount(1), discount(2)]
}

/// Interpolated probabilities of the n-grams in `counted` over their contexts (the key without its last class).
fn probabilities(counted: &Counted, lower: impl Fn(u32) -> f64) -> Vec<f64> {
    let discounts = discounts(counted);
    let mut found = Vec::with_capacity(counted.len());
    for group in counted.chunk_by(|a, b| a.0 >> 8 == b.0 >> 8) {
        let total: f64 = group.iter().map(|(_, count)| f64::from(*count)).sum();
        let taken: f64 = group.iter().map(|(_, count)| discounts[(*count).min(3) as usize]).sum();
        for &(key, count) in group {
            let own = f64::from(count) - discounts[count.min(3) as usize];
            found.push((own.max(0.0) + taken * lower(key)) / total);
        }
    }
    found
}

fn dense_pairs(pairs: &Counted, p1: &[f64]) -> Vec<f64> {
    let discounts = discounts(pairs);
    let mut dense = vec![0.0; PAIRS];
    for (first, row) in dense.chunks_mut(CLASSES).enumerate() {
        let begin = pairs.partition_point(|(key, _)| (*key >> 8) < first as u32);
        let group = pairs[begin..].iter().take_while(|(key, _)| (*key >> 8) == first as u32);
        let group: Vec<_> = group.collect();
        let total: f64 = group.iter().map(|(_, count)| f64::from(*count)).sum();
        let taken: f64 = group.iter().map(|(_, count)| discounts[(*count).min(3) as usize]).sum();
        for (p, lower) in row.iter_mut().zip(p1) {
            *p = if total > 0.0 { taken / total * lower } else { *lower };
        }
        for &&(key, count) in &group {
            row[(key & 0xff) as usize] += (f64::from(count) - discounts[count.min(3) as usize]) / total;
        }
    }
    dense
}

fn lookup(counted: &Counted, p: &[f64], key: u32) -> f64 {
    counted.binary_search_by_key(&key, |found| found.0).map_or(0.0, |found| p[found])
}

/// The n-grams whose loss would cost the most likelihood, sorted by key, as many as the table holds.
fn keep(counted: &Counted, p: &[f64], lower: impl Fn(u32) -> f64, bits: u32) -> Vec<(u32, f64)> {
    let mut scored: Vec<(f64, u32, f64)> = counted
        .iter()
        .zip(p)
        .filter(|((_, count), _)| *count > 1)
        .map(|(&(key, count), &p)| (f64::from(count) * ln(p / lower(key)).abs(), key, p))
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.truncate((LOAD * f64::from(1_u32 << bits)) as usize);
    let mut kept: Vec<(u32, f64)> = scored.into_iter().map(|(_, key, p)| (key, p)).collect();
    kept.sort_unstable_by_key(|kept| kept.0);
    kept
}

/// For each context what of its probability is left to the n-grams that are not kept, over what they have below.
fn back_off(kept: &[(u32, f64)], contexts: usize, lower: impl Fn(u32) -> f64) -> Vec<f64> {
    let mut weights = vec![1.0; contexts];
    for group in kept.chunk_by(|a, b| a.0 >> 8 == b.0 >> 8) {
        let own: f64 = group.iter().map(|(_, p)| p).sum();
        let below: f64 = group.iter().map(|(key, _)| lower(*key)).sum();
        let context = group.first().map_or(0, |first| first.0 >> 8);
        weights[context as usize] = ((1.0 - own).max(0.001) / (1.0 - below).max(0.001)).clamp(0.001, 10.0);
    }
    weights
}

fn write(
    p2: &[f64],
    weight3: &[f64],
    kept3: &[(u32, f64)],
    weight4: &[f64],
    kept4: &[(u32, f64)],
    unigrams: &[f64],
) -> Vec<u8> {
    let step = |x: f64| ((ln(x) * f64::from(SCALE)).round().clamp(-127.0, 127.0) as i8) as u8;
    let mut data = vec![0_u8; LENGTH];
    data[..8].copy_from_slice(b"rgngrm01");
    for pair in 0..PAIRS {
        data[HEADER + pair] = step(p2[pair] / unigrams[pair % CLASSES]);
        data[HEADER + PAIRS + pair] = step(weight3[pair]);
    }
    let trigrams = HEADER + 2 * PAIRS;
    let mut lost = 0;
    let mut put = |offset: usize, bits: u32, key: u32, odds: f64, weight: f64| {
        let (bucket, tag) = place(key, bits);
        let at = offset + 16 * bucket;
        let mut slots = data[at..at + 16].chunks_mut(4);
        if let Some(slot) = slots.find(|slot| *slot == [0; 4] || slot[..2] == tag.to_le_bytes())
            && *slot == [0; 4]
        {
            slot.copy_from_slice(&[tag.to_le_bytes()[0], tag.to_le_bytes()[1], step(odds), step(weight)]);
            return;
        }
        lost += 1;
    };
    for &(gram, p) in kept3 {
        let gram = gram & 0xff_ffff;
        let weight = weight4[gram as usize];
        put(
            trigrams,
            TRIGRAM_BITS,
            key(0, gram >> 16, (gram >> 8) & 0xff, gram & 0xff),
            p / unigrams[(gram & 0xff) as usize],
            weight,
        );
    }
    for &(gram, p) in kept4 {
        put(trigrams + (4 << TRIGRAM_BITS), FOURGRAM_BITS, gram, p / unigrams[(gram & 0xff) as usize], 1.0);
    }
    eprintln!("n-grams: {} trigrams, {} 4-grams, {lost} lost", kept3.len(), kept4.len());
    data
}
