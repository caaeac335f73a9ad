//! Building the tree of boxes: from the top by halving, with boxes and cones from the leaves up.

use rayon::join;

use super::Face;
use super::shapes::{Bounds, Cone, Sphere};
use crate::math::Vec3;

const LEAF_FACES: usize = 4;

/// Parts larger than this are built on two threads; the tree does not depend on it.
const LARGE_PART: usize = 8192;

#[derive(Debug)]
pub(super) enum Children {
    Leaf {
        first: u32,
        count: u32,
    },
    /// The left child follows its parent; the right one lies so many nodes behind the parent.
    Inner {
        right: u32,
    },
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) bounds: Bounds,
    /// Around the box.
    pub(super) sphere: Sphere,
    pub(super) normals: Cone,
    pub(super) children: Children,
}

/// A face by its centre, which is all that halving needs.
#[derive(Clone, Copy)]
struct Item {
    centre: Vec3,
    face: u32,
}

/// The nodes, parents before children, and the faces in the order of the leaves.
pub(super) fn build(faces: &[Face]) -> (Vec<Node>, Vec<Face>) {
    let item = |(i, face): (usize, &Face)| {
        let [a, b, c] = face.corners;
        Item { centre: (a + b + c) * (1.0 / 3.0), face: i as u32 }
    };
    let mut items: Vec<Item> = faces.iter().enumerate().map(item).collect();
    let mut nodes = Vec::with_capacity(faces.len());
    add(faces, &mut items, 0, &mut nodes);
    let ordered = items.iter().map(|item| faces[item.face as usize]).collect();
    (nodes, ordered)
}

fn add(faces: &[Face], items: &mut [Item], first: usize, nodes: &mut Vec<Node>) {
    if items.len() <= LEAF_FACES {
        nodes.push(leaf(faces, items, first));
        return;
    }
    let middle = split(items);
    let (left, right) = items.split_at_mut(middle);
    let parent = nodes.len();
    nodes.push(Node {
        bounds: Bounds::EMPTY,
        sphere: Bounds::EMPTY.sphere(),
        normals: Cone::NONE,
        children: Children::Inner { right: 0 },
    });
    let right_child = if left.len() + right.len() > LARGE_PART {
        let (mut left_nodes, mut right_nodes) = (Vec::new(), Vec::new());
        join(
            || add(faces, left, first, &mut left_nodes),
            || add(faces, right, first + middle, &mut right_nodes),
        );
        nodes.append(&mut left_nodes);
        let right_child = nodes.len();
        nodes.append(&mut right_nodes);
        right_child
    } else {
        add(faces, left, first, nodes);
        let right_child = nodes.len();
        add(faces, right, first + middle, nodes);
        right_child
    };
    let (a, b) = (&nodes[parent + 1], &nodes[right_child]);
    let bounds = Bounds::union(a.bounds, b.bounds);
    let normals = Cone::union(a.normals, b.normals);
    let children = Children::Inner { right: (right_child - parent) as u32 };
    nodes[parent] = Node { bounds, sphere: bounds.sphere(), normals, children };
}

fn leaf(faces: &[Face], items: &[Item], first: usize) -> Node {
    let of_leaf = || items.iter().map(|item| &faces[item.face as usize]);
    let bounds = of_leaf().flat_map(|face| face.corners).fold(Bounds::EMPTY, Bounds::with);
    Node {
        bounds,
        sphere: bounds.sphere(),
        normals: Cone::around(of_leaf().map(|face| face.normal)),
        children: Children::Leaf { first: first as u32, count: items.len() as u32 },
    }
}

/// Sort faces to two sides of a plane and tell how many lie on the first: halves of equal number
/// would put faces of the chest and of the back into one box. By number only where the plane would
/// leave less than a quarter on one side, which bounds the depth of the tree.
fn split(items: &mut [Item]) -> usize {
    let centres = items.iter().map(|item| item.centre).fold(Bounds::EMPTY, Bounds::with);
    let extent = centres.high - centres.low;
    let axis = (0..3).max_by(|&i, &j| extent[i].total_cmp(&extent[j])).unwrap_or(0);
    let plane = (centres.low[axis] + centres.high[axis]) / 2.0;
    let count = items.len();
    let below = items.iter().filter(|item| item.centre[axis] < plane).count();
    if below.min(count - below) * 4 < count {
        let by_place = |a: &Item, b: &Item| a.centre[axis].total_cmp(&b.centre[axis]);
        items.select_nth_unstable_by(count / 2, by_place);
        return count / 2;
    }
    let mut next = 0;
    for i in 0..count {
        if items[i].centre[axis] < plane {
            items.swap(next, i);
            next += 1;
        }
    }
    below
}
