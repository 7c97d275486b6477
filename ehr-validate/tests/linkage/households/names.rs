//! Names, streets and towns: common words of the United States, and combinations of syllables for
//! the long tail that real registers have.

use std::sync::LazyLock;

use super::{Practice, Random};

/// A first name; common ones more often.
pub(super) fn first(female: bool, practice: &Practice, random: &mut Random) -> String {
    let known: &[&str] = if female { &FEMALE } else { &MALE };
    // One in fourteen has a name that few others have.
    if practice.first_names == usize::MAX && random.chance(0.07) {
        let at = random.below((RARE_FIRST.0.len() * RARE_FIRST.1.len()) as u64) as usize;
        let (head, tail) = (at % RARE_FIRST.0.len(), at / RARE_FIRST.0.len());
        return format!("{}{}", RARE_FIRST.0[head], RARE_FIRST.1[tail]);
    }
    known[random.skewed(known.len().min(practice.first_names))].to_owned()
}

/// A last name; common ones more often.
pub(super) fn last(practice: &Practice, random: &mut Random) -> String {
    let all = LAST.len() + RARE_LAST.0.len() * RARE_LAST.1.len();
    let at = random.skewed(all.min(practice.last_names));
    if at < LAST.len() {
        return LAST[at].to_owned();
    }
    let at = at - LAST.len();
    let (head, tail) = (at % RARE_LAST.0.len(), at / RARE_LAST.0.len());
    format!("{}{}", RARE_LAST.0[head], RARE_LAST.1[tail])
}

/// An e-mail address made of a name.
pub(super) fn email(first: &str, last: &str, random: &mut Random) -> String {
    let host = ["example.com", "example.org", "mail.example.net"][random.below(3) as usize];
    let last = last.replace(['\'', ' '], "");
    format!("{first}.{last}{}@{host}", random.below(1_000)).to_lowercase()
}

/// The kinds of streets, in full and short.
pub(super) const STREET_KINDS: [(&str, &str); 8] = [
    ("Street", "St"),
    ("Avenue", "Ave"),
    ("Road", "Rd"),
    ("Drive", "Dr"),
    ("Lane", "Ln"),
    ("Court", "Ct"),
    ("Boulevard", "Blvd"),
    ("Place", "Pl"),
];

/// Towns and their states.
pub(super) const CITIES: [(&str, &str); 20] = [
    ("Springfield", "IL"),
    ("Riverton", "IL"),
    ("Fairview", "IL"),
    ("Greenville", "IN"),
    ("Franklin", "IN"),
    ("Clinton", "IN"),
    ("Salem", "WI"),
    ("Madison", "IL"),
    ("Georgetown", "IL"),
    ("Arlington", "IL"),
    ("Ashland", "IN"),
    ("Dover", "IN"),
    ("Oxford", "IN"),
    ("Jackson", "WI"),
    ("Burlington", "IL"),
    ("Milton", "IL"),
    ("Newport", "IL"),
    ("Auburn", "IN"),
    ("Dayton", "IN"),
    ("Lexington", "IN"),
];

pub(super) static STREETS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "Oak Maple Cedar Pine Elm Washington Lake Hill Walnut Spring North Ridge Church Willow Mill \
     Sunset Jackson Cherry West Highland Forest Jefferson River Meadow Chestnut Franklin Adams \
     Lincoln Park Center Dogwood Hickory Prospect Madison Locust Laurel Pleasant Poplar Monroe Grove \
     Union Valley Cottage Liberty Harrison Orchard Magnolia Sycamore Clinton Summit Birch Cypress \
     Delaware Euclid Fulton Garfield Hamilton Ivy Juniper Kensington Lexington Mulberry Newport \
     Olive Pearl Quincy Rosewood Sheridan Taylor Utica Vernon Warren Yale Archer Belmont Crestview \
     Damen Eastwood Foxglove Glenview Harbor Irving Keystone Larkspur Marigold Northgate Overlook \
     Primrose Quail Redwood Stonegate Thistle Upland Vista Windsor Aspen Briarwood Cobblestone \
     Driftwood"
        .split_whitespace()
        .collect()
});

/// Formal names and what people are called.
pub(super) const NICKNAMES: [(&str, &[&str]); 107] = [
    ("Elizabeth", &["Liz", "Beth", "Betsy", "Eliza", "Lisa"]),
    ("William", &["Bill", "Will", "Billy", "Liam"]),
    ("Robert", &["Bob", "Rob", "Bobby"]),
    ("Richard", &["Rick", "Dick", "Rich"]),
    ("Margaret", &["Peggy", "Maggie", "Meg"]),
    ("Katherine", &["Kate", "Kathy", "Katie"]),
    ("Catherine", &["Cathy", "Cate"]),
    ("Kathleen", &["Kathy"]),
    ("Kathryn", &["Kathy", "Katie"]),
    ("James", &["Jim", "Jimmy", "Jamie"]),
    ("John", &["Jack", "Johnny"]),
    ("Michael", &["Mike", "Mikey"]),
    ("David", &["Dave"]),
    ("Joseph", &["Joe", "Joey"]),
    ("Thomas", &["Tom", "Tommy"]),
    ("Christopher", &["Chris"]),
    ("Charles", &["Chuck", "Charlie"]),
    ("Daniel", &["Dan", "Danny"]),
    ("Matthew", &["Matt"]),
    ("Anthony", &["Tony"]),
    ("Steven", &["Steve"]),
    ("Stephen", &["Steve"]),
    ("Andrew", &["Andy", "Drew"]),
    ("Joshua", &["Josh"]),
    ("Kenneth", &["Ken", "Kenny"]),
    ("Timothy", &["Tim"]),
    ("Ronald", &["Ron"]),
    ("Edward", &["Ed", "Eddie", "Ted"]),
    ("Jeffrey", &["Jeff"]),
    ("Jacob", &["Jake"]),
    ("Nicholas", &["Nick"]),
    ("Jonathan", &["Jon"]),
    ("Lawrence", &["Larry"]),
    ("Benjamin", &["Ben"]),
    ("Samuel", &["Sam"]),
    ("Gregory", &["Greg"]),
    ("Alexander", &["Alex"]),
    ("Patrick", &["Pat"]),
    ("Raymond", &["Ray"]),
    ("Dennis", &["Denny"]),
    ("Nathan", &["Nate"]),
    ("Zachary", &["Zach"]),
    ("Douglas", &["Doug"]),
    ("Peter", &["Pete"]),
    ("Gerald", &["Jerry"]),
    ("Harold", &["Harry"]),
    ("Arthur", &["Art"]),
    ("Gabriel", &["Gabe"]),
    ("Albert", &["Al"]),
    ("Vincent", &["Vince"]),
    ("Bradley", &["Brad"]),
    ("Russell", &["Russ"]),
    ("Patricia", &["Pat", "Patty", "Trish"]),
    ("Jennifer", &["Jen", "Jenny"]),
    ("Barbara", &["Barb"]),
    ("Susan", &["Sue", "Susie"]),
    ("Jessica", &["Jess", "Jessie"]),
    ("Nancy", &["Nan"]),
    ("Sandra", &["Sandy"]),
    ("Kimberly", &["Kim"]),
    ("Michelle", &["Shelly"]),
    ("Amanda", &["Mandy"]),
    ("Melissa", &["Missy"]),
    ("Deborah", &["Deb", "Debbie"]),
    ("Debra", &["Deb", "Debbie"]),
    ("Stephanie", &["Steph"]),
    ("Rebecca", &["Becky"]),
    ("Cynthia", &["Cindy"]),
    ("Pamela", &["Pam"]),
    ("Nicole", &["Nikki"]),
    ("Samantha", &["Sam"]),
    ("Christine", &["Chris", "Tina"]),
    ("Christina", &["Tina", "Chris"]),
    ("Jacqueline", &["Jackie"]),
    ("Victoria", &["Vicky", "Tori"]),
    ("Virginia", &["Ginny"]),
    ("Judith", &["Judy"]),
    ("Theresa", &["Terry", "Tess"]),
    ("Teresa", &["Terry"]),
    ("Abigail", &["Abby"]),
    ("Danielle", &["Dani"]),
    ("Frederick", &["Fred"]),
    ("Theodore", &["Ted", "Theo"]),
    ("Nathaniel", &["Nate", "Nat"]),
    ("Leonard", &["Len", "Lenny"]),
    ("Phillip", &["Phil"]),
    ("Josephine", &["Jo", "Josie"]),
    ("Eleanor", &["Ellie", "Nell"]),
    ("Dorothea", &["Dot"]),
    ("Florence", &["Flo"]),
    ("Valerie", &["Val"]),
    ("Gwendolyn", &["Gwen"]),
    ("Penelope", &["Penny"]),
    ("Maxwell", &["Max"]),
    ("Dominic", &["Nick", "Dom"]),
    ("Clarence", &["Clancy"]),
    ("Reginald", &["Reggie"]),
    ("Mary", &["Molly", "Polly"]),
    ("Martha", &["Patsy"]),
    ("Helen", &["Nellie"]),
    ("Ann", &["Annie", "Nan"]),
    ("Sarah", &["Sally", "Sadie"]),
    ("Frances", &["Fran", "Frankie"]),
    ("Madison", &["Maddie"]),
    ("Guadalupe", &["Lupe"]),
    ("Jose", &["Pepe"]),
    ("Rafael", &["Rafa"]),
];

static FEMALE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Betty \
     Sandra Margaret Ashley Kimberly Emily Donna Michelle Carol Amanda Melissa Deborah Stephanie \
     Rebecca Sharon Laura Cynthia Kathleen Amy Angela Shirley Anna Brenda Pamela Emma Nicole Helen \
     Samantha Katherine Christine Debra Rachel Carolyn Janet Catherine Maria Heather Diane Ruth \
     Julie Olivia Joyce Virginia Victoria Kelly Lauren Christina Joan Evelyn Judith Megan Andrea \
     Cheryl Hannah Jacqueline Martha Gloria Teresa Ann Sara Madison Frances Kathryn Janice Jean \
     Abigail Alice Julia Judy Sophia Grace Denise Amber Doris Marilyn Danielle Beverly Isabella \
     Theresa Diana Natalie Brittany Charlotte Marie Kayla Alexis Lori Tiffany Vanessa Yolanda Rosa \
     Carmen Guadalupe Ines Priya Mei Fatima Aisha Leilani Svetlana Ingrid Bernadette Antoinette \
     Gwendolyn Josephine Penelope Rosemary Winifred Valerie Eleanor Constance Dorothea Florence \
     Harriet Imogen Juanita Kendra Lorraine Maribel Nadine Ophelia Paulette Ramona Simone Tabitha \
     Ursula Vivian Wanda Ximena Yvette Zoe Camila Lucia Elena Bianca Candace Daphne Estelle"
        .split_whitespace()
        .collect()
});

static MALE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "James Robert John Michael David William Richard Joseph Thomas Christopher Charles Daniel \
     Matthew Anthony Mark Donald Steven Andrew Paul Joshua Kenneth Kevin Brian Timothy Ronald George \
     Jason Edward Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon \
     Benjamin Samuel Gregory Alexander Patrick Frank Raymond Jack Dennis Jerry Tyler Aaron Jose Adam \
     Nathan Henry Zachary Douglas Peter Kyle Noah Ethan Jeremy Christian Walter Keith Austin Roger \
     Terry Sean Gerald Carl Dylan Harold Jordan Jesse Bryan Lawrence Arthur Gabriel Bruce Logan \
     Billy Joe Alan Juan Elijah Willie Albert Wayne Randy Mason Vincent Liam Roy Bobby Caleb Bradley \
     Russell Lucas Carlos Luis Jorge Miguel Rafael Hector Arjun Wei Omar Hassan Dmitri Lars Augustus \
     Bartholomew Clarence Dominic Ernest Frederick Gilbert Herbert Isaac Julian Leonard Maxwell \
     Nathaniel Oliver Phillip Quentin Reginald Stanley Theodore Ulysses Victor Wallace Xavier Yusuf \
     Zane Abel Barrett Cedric Darnell Emilio Felix Garrett Hugo Ivan"
        .split_whitespace()
        .collect()
});

static LAST: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez \
     Gonzalez Wilson Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris \
     Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill \
     Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gomez Phillips \
     Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers \
     Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson \
     Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders \
     Patel Myers Long Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler \
     Henderson Barnes Fisher Vasquez Simmons Romero Jordan Patterson Alexander Hamilton Graham \
     Reynolds Griffin Wallace Moreno West Cole Hayes Bryant Herrera Gibson Ellis Tran Medina Aguilar \
     Stevens Murray Ford Castro Marshall Owens Harrison Fernandez McDonald Woods Washington Kennedy \
     Wells Vargas Henry Chen Freeman Webb Tucker Guzman Burns Crawford Olson Simpson Porter Hunter \
     Gordon Mendez Silva Shaw Snyder Mason Dixon Munoz Hunt Hicks Holmes Palmer Wagner Black \
     Robertson Boyd Rose Stone Salazar Fox Warren Mills Meyer Rice Schmidt Garza Daniels Ferguson \
     Nichols Stephens Soto Weaver Ryan Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce \
     Hansen Peters Santos Hart Bradley Knight Elliott Cunningham Duncan Armstrong Hudson Carroll \
     Lane Riley Andrews Alvarado Ray Delgado Berry Perkins Hoffman Johnston Matthews Pena Richards \
     Contreras Willis Carpenter Lawrence Sandoval O'Brien O'Connor Kowalski Novak Yamamoto Singh \
     Khan Okafor Johansson Petrov"
        .split_whitespace()
        .collect()
});

const RARE_FIRST: ([&str; 15], [&str; 17]) = (
    [
        "Ja", "Ka", "La", "Sha", "De", "Ma", "Ta", "Ni", "Ro", "Sa", "Bri", "Da", "El", "Ky", "Li",
    ],
    [
        "lyn", "rell", "vonne", "niqua", "quan", "mika", "rene", "shawn", "tavia", "dre", "lisa",
        "mar", "risa", "niel", "ton", "via", "nette",
    ],
);

const RARE_LAST: ([&str; 59], [&str; 30]) = (
    [
        "Ash", "Black", "Brad", "Burn", "Cald", "Carl", "Chat", "Clay", "Cran", "Dal", "East",
        "Eld", "Fair", "Farn", "Gar", "Glen", "Gran", "Hal", "Ham", "Har", "Haw", "Hol", "Kel",
        "Kings", "Lang", "Lin", "Lock", "Mar", "Mel", "Mid", "Nor", "Oak", "Old", "Pem", "Pres",
        "Rad", "Red", "Rock", "Rush", "Sand", "Shel", "Stan", "Strat", "Sum", "Thorn", "Tor",
        "Under", "Wake", "Wal", "War", "Wat", "Wen", "Whit", "Win", "Wood", "Wyn", "York", "Zim",
        "Bren",
    ],
    [
        "ford", "well", "ton", "ley", "wood", "man", "bury", "field", "worth", "stead", "dale",
        "son", "land", "by", "more", "shaw", "ridge", "ham", "combe", "brook", "er", "ins", "ick",
        "ell", "low", "wick", "stone", "house", "bridge", "mont",
    ],
);
