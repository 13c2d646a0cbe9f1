//! Import and seed against real databases: SQLite always, Postgres when `ALUR_TEST_POSTGRES_URL` is set.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say so and stop")]

#[path = "import/database.rs"]
mod database;
#[path = "import/prices.rs"]
mod prices;
#[path = "import/seed.rs"]
mod seed;

use database::{Company, on_each_database};
use workflows::import::{ImportError, Kind, template};

const ALL: [Kind; 7] = [Kind::Office, Kind::Subject, Kind::Tutor, Kind::TutorSubject, Kind::Slot, Kind::Siswa, Kind::Price];

const TUTORS: &str = "name,phone,golongan,office,code\nDewi,0812-3456-7890,GOL_1,JKT,TUT-000007\nBudi,081234567891,gol 2,JKT,\n";

#[tokio::test]
async fn every_template_can_be_imported_and_a_second_time_changes_nothing() {
    on_each_database("templates", async |company: &Company| {
        for kind in ALL {
            let report = company.import(kind, template(kind)).await;
            assert!(report.written && report.errors.is_empty() && report.warnings.is_empty(), "{kind}: {report:?}");
        }
        let audited = company.count("audit_record").await;
        for kind in ALL {
            let report = company.import(kind, template(kind)).await;
            assert_eq!((report.created, report.updated, report.unchanged), (0, 0, report.rows), "{kind}");
        }
        assert_eq!(company.count("audit_record").await, audited);
    })
    .await;
}

#[tokio::test]
async fn one_wrong_row_keeps_the_whole_file_out_unless_the_valid_rows_are_asked_for() {
    on_each_database("all_or_nothing", async |company: &Company| {
        let csv = format!("{TUTORS}Citra,0812,GOL_9,JKT,\n");
        let report = company.import(Kind::Tutor, &csv).await;
        let found: Vec<_> = report.errors.iter().map(|error| (error.line, error.column.unwrap(), error.code.as_str())).collect();
        assert_eq!(found, [(4, "phone", "phone_too_short"), (4, "golongan", "unknown_reference")]);
        assert!(report.errors[1].message.contains("the nearest is GOL_"), "{:?}", report.errors[1]);
        assert_eq!((report.rows, report.created, report.error_count, report.written), (3, 2, 2, false));
        assert_eq!(company.count("tutor").await, 0);

        let report = company.dry_run(Kind::Tutor, TUTORS).await;
        assert_eq!((report.created, report.written, company.count("tutor").await), (2, false, 0));

        let report = company.import_valid_rows(Kind::Tutor, &csv).await;
        assert_eq!((report.created, report.error_count, report.written, company.count("tutor").await), (2, 2, true, 2));
        // One for each row, and one for the file.
        assert_eq!(company.count("audit_record").await, 2 + 1);
    })
    .await;
}

#[tokio::test]
async fn a_tutor_is_found_again_by_phone_and_keeps_what_the_file_does_not_say() {
    on_each_database("tutor_again", async |company: &Company| {
        company.import(Kind::Tutor, TUTORS).await;
        assert_eq!(company.texts("SELECT code AS text FROM tutor ORDER BY code").await, ["TUT-000001", "TUT-000007"]);
        company.run("UPDATE tutor SET bio = 'lama' WHERE code = 'TUT-000007'").await;
        let csv = "phone;name;golongan;office;email\n+62 812 3456 7890;Dewi Lestari;GOL_1;JKT;Dewi@X.id\n";
        let report = company.import(Kind::Tutor, csv).await;
        assert_eq!((report.created, report.updated), (0, 1));
        let row = "SELECT name || '|' || email || '|' || bio || '|' || code AS text FROM tutor WHERE code = 'TUT-000007'";
        assert_eq!(company.texts(row).await, ["Dewi Lestari|dewi@x.id|lama|TUT-000007"]);
        let kept = company.texts("SELECT CAST(after AS TEXT) AS text FROM audit_record WHERE action = 'import.tutor'").await.concat();
        assert!(kept.contains("$personal") && !kept.contains("Dewi") && !kept.contains("dewi@x.id"), "{kept}");
        let audit = company.audit_of("import.tutor").await;
        let (before, after) = audit.last().unwrap();
        assert_eq!((before["name"].as_str(), after["name"].as_str()), (Some("Dewi"), Some("Dewi Lestari")));
        assert_eq!((before.get("phone"), after["email"].as_str()), (None, Some("dewi@x.id")));
    })
    .await;
}

#[tokio::test]
async fn codes_do_not_move_and_a_file_does_not_lift_a_suspension() {
    on_each_database("tutor_rules", async |company: &Company| {
        company.import(Kind::Tutor, TUTORS).await;
        company.run("UPDATE tutor SET status = 'SUSPENDED' WHERE code = 'TUT-000007'").await;
        let header = "name,phone,golongan,office,code,status\n";
        for (row, column, code) in [
            ("Eka,081200000001,GOL_1,JKT,tut-000007,", "code", "code_taken"),
            ("Dewi,081234567890,GOL_1,JKT,TUT-000009,", "code", "code_differs"),
            ("Dewi,081234567890,GOL_1,JKT,,ACTIVE", "status", "status_by_workflow"),
            ("Eka,081200000001,GOL_1,JKT,,TERMINATED", "status", "status_by_workflow"),
            ("Eka,081200000001,GOL_1,JKT,,aktif", "status", "choice_unknown"),
        ] {
            let report = company.import(Kind::Tutor, &format!("{header}{row}\n")).await;
            let found: Vec<_> = report.errors.iter().map(|error| (error.column.unwrap(), error.code.as_str())).collect();
            assert_eq!(found, [(column, code)], "{row}");
        }
        let again = company.import(Kind::Tutor, &format!("{header}Dewi,081234567890,GOL_1,JKT,TUT-000007,SUSPENDED\n")).await;
        assert_eq!((again.unchanged, again.error_count), (1, 0));
    })
    .await;
}

#[tokio::test]
async fn the_same_key_twice_in_a_file_is_an_error_of_the_second_row() {
    on_each_database("twice", async |company: &Company| {
        let csv = format!("{TUTORS}Dewi,+6281234567890,GOL_1,JKT,\n");
        let report = company.import(Kind::Tutor, &csv).await;
        let error = &report.errors[0];
        assert_eq!((error.line, error.column, error.code.as_str(), error.message.as_str()), (4, Some("phone"), "duplicate_key", "says the same as line 2"));
    })
    .await;
}

#[tokio::test]
async fn subjects_gain_levels_and_keep_the_ones_they_have() {
    on_each_database("levels", async |company: &Company| {
        let before = company.count("subject_level").await;
        let csv = "code,name,kategori,levels\nMANDARIN,Bahasa Mandarin,BAHASA_ASING,HSK_1=HSK 1|HSK_7=HSK 7\nBIOLA,Biola,MUSIK,\n";
        let report = company.import(Kind::Subject, csv).await;
        assert_eq!((report.updated, report.unchanged, report.written), (1, 1, true), "{report:?}");
        assert_eq!(company.count("subject_level").await, before + 1);
        let taught = company.import(Kind::Tutor, TUTORS).await;
        assert!(taught.written);
        let rows = "tutor,subject,level\nTUT-000007,mandarin,HSK 7\nTUT-000007,MATEMATIKA,HSK 1\n081234567891,Matematika,\n";
        let report = company.import_valid_rows(Kind::TutorSubject, rows).await;
        assert_eq!((report.created, report.errors[0].line, report.errors[0].code.as_str()), (2, 3, "unknown_reference"));
    })
    .await;
}

#[tokio::test]
async fn slots_do_not_overlap_those_in_the_file_or_in_the_database() {
    on_each_database("slots", async |company: &Company| {
        company.import(Kind::Tutor, TUTORS).await;
        let slots = |rows: &str| format!("tutor,weekday,from,until\n{rows}");
        company.import(Kind::Slot, &slots("TUT-000007,Senin,13:00,15:00\n")).await;
        let report = company.import(Kind::Slot, &slots("TUT-000007,1,15:00,17:00\nTUT-000007,1,14:00,14:30\nTUT-000007,2,17:00,16:00\n")).await;
        let found: Vec<_> = report.errors.iter().map(|error| (error.line, error.code.as_str())).collect();
        assert_eq!(found, [(3, "slot_overlap"), (4, "slot_empty")]);
        let longer = company.import(Kind::Slot, &slots("TUT-000007,1,13:00,15:30\n")).await;
        assert_eq!((longer.updated, longer.written), (1, true));
    })
    .await;
}

#[tokio::test]
async fn a_place_abroad_is_a_warning_and_one_off_the_globe_an_error() {
    on_each_database("places", async |company: &Company| {
        let csv = "code,name,zone,lat,long\nTYO,Tokyo,Asia/Tokyo,35.68,139.69\nXXX,Nowhere,Asia/Nowhere,91,0\n";
        let report = company.import_valid_rows(Kind::Office, csv).await;
        assert_eq!((report.warnings[0].line, report.warnings[0].code.as_str()), (2, "outside_indonesia"));
        let found: Vec<_> = report.errors.iter().map(|error| error.code.as_str()).collect();
        assert_eq!((found, report.created), (vec!["zone_unknown", "lat_off_globe"], 1));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_header_is_refused_before_anything_is_read() {
    on_each_database("header", async |company: &Company| {
        let error = company.try_import(Kind::Siswa, "kode,name\nA,B\n").await.unwrap_err();
        assert!(matches!(&error, ImportError::Columns { unknown, missing, .. } if unknown == &["kode"] && missing.contains(&"code")), "{error}");
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_siswa_are_imported_at_once() {
    on_each_database("many", async |company: &Company| {
        let mut csv = String::from("code,name,tingkat,segmentasi,office,parent_name,parent_phone,parent_relation\n");
        for number in 0..10_000 {
            csv.push_str(&format!("S{number},Siswa {number},SD 5,Reguler,JKT,Orang Tua,0812{number:07},ibu\n"));
        }
        let report = company.import(Kind::Siswa, &csv).await;
        assert_eq!((report.created, report.written, company.count("audit_record").await), (10_000, true, 10_001));
        let again = company.import(Kind::Siswa, &csv.replace("Siswa", "Nama")).await;
        assert_eq!((again.updated, company.count("audit_record").await), (10_000, 20_002));
    })
    .await;
}

#[tokio::test]
async fn somebody_who_was_erased_is_an_error_of_their_row_and_no_other() {
    on_each_database("erased", async |company: &Company| {
        company.import(Kind::Tutor, TUTORS).await;
        let siswa = "code,name,tingkat,segmentasi,office,parent_name,parent_phone,parent_relation\n";
        let zahra = "SIS-000001,Zahra,SD_5,REGULER,JKT,Rina,0812-3456-7890,ibu\n";
        company.import(Kind::Siswa, &format!("{siswa}{zahra}")).await;
        // As an erasure leaves them.
        for table in ["tutor", "siswa"] {
            company.run(&format!("UPDATE personal_key SET key = NULL, destroyed_at = created_at WHERE owner_id IN (SELECT id FROM {table})")).await;
        }
        company.run("UPDATE siswa SET name = '—', parent_name = '—', parent_phone = '—', parent_relation = '—', status = 'ARCHIVED'").await;
        company.run("UPDATE tutor SET name = '—', phone = '— ' || code, status = 'ARCHIVED'").await;

        for (kind, file, line) in [
            (Kind::Siswa, format!("{siswa}SIS-000002,Damar,SD_5,REGULER,JKT,Wati,0813-3456-7890,ibu\n{zahra}"), 3),
            (Kind::Tutor, String::from("name,phone,golongan,office,code\nDewi,0812-3456-7890,GOL_1,JKT,TUT-000007\nCitra,0819-4444-5555,GOL_1,JKT,\n"), 2),
        ] {
            let report = company.import_valid_rows(kind, &file).await;
            let found: Vec<_> = report.errors.iter().map(|error| (error.line, error.column.unwrap(), error.code.as_str())).collect();
            assert_eq!((found, report.created, report.written), (vec![(line, "code", "erased")], 1, true), "{kind}");
        }
    })
    .await;
}
