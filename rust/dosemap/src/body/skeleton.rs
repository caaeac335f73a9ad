//! The bones that move the skin and the joints that they turn about.

/// A side of the body, the patient's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// At x > 0.
    Left,
    /// At x < 0.
    Right,
}

impl Side {
    /// Left and right.
    pub const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// What moves as one rigid piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bone {
    /// Pelvis, spine and ribs.
    Trunk,
    /// Cervical spine.
    Neck,
    /// Skull with jaw.
    Head,
    /// Clavicle and shoulder blade.
    Clavicle(Side),
    /// Humerus.
    UpperArm(Side),
    /// Radius and ulna.
    Forearm(Side),
    /// Hand with fingers.
    Hand(Side),
    /// Femur.
    Thigh(Side),
    /// Tibia and fibula.
    Shank(Side),
    /// Foot with toes.
    Foot(Side),
}

impl Bone {
    /// Number of bones.
    pub const COUNT: usize = 17;
    const CENTRAL: [Self; 3] = [Self::Trunk, Self::Neck, Self::Head];
    const SIDED: [fn(Side) -> Self; 7] = [
        Self::Clavicle,
        Self::UpperArm,
        Self::Forearm,
        Self::Hand,
        Self::Thigh,
        Self::Shank,
        Self::Foot,
    ];

    /// All bones in the order of [`Self::index`]: those of the midline, of the left, of the right.
    pub fn all() -> impl Iterator<Item = Self> {
        let sided = |side: Side| Self::SIDED.into_iter().map(move |bone| bone(side));
        Self::CENTRAL.into_iter().chain(sided(Side::Left)).chain(sided(Side::Right))
    }

    /// Its place among all bones, 0 to 16.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Trunk => 0,
            Self::Neck => 1,
            Self::Head => 2,
            Self::Clavicle(side) => 3 + 7 * side as usize,
            Self::UpperArm(side) => 4 + 7 * side as usize,
            Self::Forearm(side) => 5 + 7 * side as usize,
            Self::Hand(side) => 6 + 7 * side as usize,
            Self::Thigh(side) => 7 + 7 * side as usize,
            Self::Shank(side) => 8 + 7 * side as usize,
            Self::Foot(side) => 9 + 7 * side as usize,
        }
    }

    /// The same bone of the other side; those of the midline are their own.
    #[must_use]
    pub fn mirrored(self) -> Self {
        match self {
            Self::Trunk | Self::Neck | Self::Head => self,
            Self::Clavicle(side) => Self::Clavicle(side.opposite()),
            Self::UpperArm(side) => Self::UpperArm(side.opposite()),
            Self::Forearm(side) => Self::Forearm(side.opposite()),
            Self::Hand(side) => Self::Hand(side.opposite()),
            Self::Thigh(side) => Self::Thigh(side.opposite()),
            Self::Shank(side) => Self::Shank(side.opposite()),
            Self::Foot(side) => Self::Foot(side.opposite()),
        }
    }
}

/// A point that a bone turns about, or the end of the last one of a limb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Joint {
    /// Between trunk and neck.
    NeckBase,
    /// Between neck and head.
    HeadBase,
    /// Between trunk and clavicle.
    Sternoclavicular(Side),
    /// Between clavicle and upper arm.
    Shoulder(Side),
    /// Between upper arm and forearm.
    Elbow(Side),
    /// Between forearm and hand.
    Wrist(Side),
    /// Tip of the third finger.
    Fingertip(Side),
    /// Between trunk and thigh.
    Hip(Side),
    /// Between thigh and shank.
    Knee(Side),
    /// Between shank and foot.
    Ankle(Side),
    /// Tip of the second toe.
    ToeTip(Side),
}

impl Joint {
    /// Number of joints.
    pub const COUNT: usize = 20;
    /// Number of joints on the midline, which come first.
    pub const CENTRAL: usize = 2;

    /// Its place among all joints: those of the midline, of the left, of the right.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::NeckBase => 0,
            Self::HeadBase => 1,
            Self::Sternoclavicular(side) => 2 + 9 * side as usize,
            Self::Shoulder(side) => 3 + 9 * side as usize,
            Self::Elbow(side) => 4 + 9 * side as usize,
            Self::Wrist(side) => 5 + 9 * side as usize,
            Self::Fingertip(side) => 6 + 9 * side as usize,
            Self::Hip(side) => 7 + 9 * side as usize,
            Self::Knee(side) => 8 + 9 * side as usize,
            Self::Ankle(side) => 9 + 9 * side as usize,
            Self::ToeTip(side) => 10 + 9 * side as usize,
        }
    }
}
