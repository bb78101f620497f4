//! What was once computed from a tree, kept with it: several readers ask for the same costly thing.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

type Place<T> = OnceLock<Arc<T>>;

/// One value a type. It is no part of what the tree is: a copy begins without, and all are equal.
#[derive(Default)]
pub(super) struct Derived(Mutex<BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Derived {
    /// The kept value. Of several threads that ask first, one computes it and the others wait.
    pub(super) fn get<T: Any + Send + Sync>(&self, compute: impl FnOnce() -> T) -> Arc<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(Place::<T>::new())).clone();
        drop(kept);
        let place: Arc<Place<T>> = place.downcast().expect("a type's place holds a value of the type");
        place.get_or_init(|| Arc::new(compute())).clone()
    }

    pub(super) fn forget(&mut self) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Clone for Derived {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derived")
    }
}

impl PartialEq for Derived {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Derived {}
